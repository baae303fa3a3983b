using System;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using Xunit;

namespace PulseRun.Emulator.Tests;

public class LaunchTests
{
    [Theory]
    [InlineData("{}", "body.gpu,body.template")]
    [InlineData("{\"gpu\":\"rtx_4090\"}", "body.template")]
    [InlineData("{\"gpu\":null,\"template\":\"\"}", "body.gpu,body.template")]
    [InlineData("{\"gpu\":4090,\"template\":\"pytorch\"}", "body.gpu")]
    [InlineData("{\"gpu\":\"gtx_770\",\"template\":\"pytorch\"}", "body.gpu")]
    [InlineData("{\"gpu\":\"rtx_4090\",\"template\":\"pytorch\",\"docker_image\":\"a/b\"}", "body.docker_image")]
    [InlineData("{\"gpu\":\"rtx_4090\",\"template\":\"pytorch\",\"disk_size_gb\":0}", "body.disk_size_gb")]
    [InlineData("{\"gpu\":\"rtx_4090\",\"template\":\"pytorch\",\"disk_size_gb\":1.5}", "body.disk_size_gb")]
    [InlineData("{\"gpu\":\"rtx_4090\",\"template\":\"pytorch\",\"disk_size_gb\":\"50\"}", "body.disk_size_gb")]
    [InlineData("{\"gpu\":\"rtx_4090\",\"template\":\"pytorch\",\"budget_limit\":-0.01}", "body.budget_limit")]
    [InlineData("{\"gpu\":\"rtx_4090\",\"template\":\"pytorch\",\"budget_limit\":\"5\"}", "body.budget_limit")]
    [InlineData("{\"gpu\":\"rtx_4090\",\"template\":\"pytorch\",\"region\":\"us-east\"}", "body.region")]
    [InlineData("{\"gpu\":\"rtx_4090\",\"template\":\"pytorch\",\"provider\":\"aws\"}", "body.provider")]
    [InlineData("{\"gpu\":\"rtx_4090\",\"template\":\"pytorch\",\"spot\":\"true\"}", "body.spot")]
    [InlineData("{\"gpu\":\"rtx_4090\",\"template\":\"pytorch\",\"ssh_key_id\":7}", "body.ssh_key_id")]
    [InlineData("{\"gpu\":\"rtx_4090\",\"template\":\"pytorch\",\"auto_migrate\":1,\"auto_spot_recovery\":0}", "body.auto_migrate,body.auto_spot_recovery")]
    [InlineData("{\"gpu\":\"rtx_4090\",\"template\":\"pytorch\",\"name\":\"mine\"}", "body.name")]
    [InlineData("[]", "body")]
    [InlineData("\"gpu\"", "body")]
    public async Task An_invalid_body_is_rejected_with_each_field(string body, string fields)
    {
        using var rig = new Rig();
        Answer answer = await rig.Post("/v1/instances", body);
        Assert.Equal(422, answer.Status);
        Assert.Equal(fields, string.Join(",", answer.Fields));
        JsonNode problem = answer.Json["detail"]![0]!;
        Assert.NotEmpty((string)problem["msg"]!);
        Assert.NotEmpty((string)problem["type"]!);
        Assert.Equal(6, rig.Emulator.Instances.Count);
    }

    [Theory]
    [InlineData("{\"gpu\":")]
    [InlineData("")]
    [InlineData("gpu=rtx_4090")]
    [InlineData("{\"gpu\":\"\\ud800\",\"template\":\"pytorch\"}")]
    public async Task A_body_that_is_not_json_is_a_bad_request(string body)
    {
        using var rig = new Rig(TransportKind.Loopback);
        Assert.Equal(400, (await rig.Post("/v1/instances", body)).Status);
    }

    [Fact]
    public async Task A_body_must_have_the_json_content_type()
    {
        using var rig = new Rig();
        using var content = new StringContent("{\"gpu\":\"rtx_4090\",\"template\":\"pytorch\"}", Encoding.UTF8, "text/plain");
        Answer answer = await Answer.ReadAsync(await rig.Http.PostAsync("/v1/instances", content));
        Assert.Equal(422, answer.Status);
        Assert.Equal(["body"], answer.Fields);
    }

    [Theory]
    [InlineData(TransportKind.InProcess)]
    [InlineData(TransportKind.Loopback)]
    public async Task A_body_beyond_the_limit_is_refused(TransportKind transport)
    {
        using var rig = new Rig(transport);
        Assert.Equal(413, (await rig.Post("/v1/instances", new string(' ', (1 << 20) + 1))).Status);
    }

    [Theory]
    [InlineData(TransportKind.InProcess)]
    [InlineData(TransportKind.Loopback)]
    public async Task A_launch_answers_the_whole_instance_before_it_runs(TransportKind transport)
    {
        using var rig = new Rig(transport);
        Answer answer = await rig.Post("/v1/instances", """
            {"gpu":"a100_80gb","template":"custom","docker_image":"a/b:1","disk_size_gb":80,"region":"us","spot":false,"ssh_key_id":"key_abc123",
             "provider":"auto","auto_migrate":true,"auto_spot_recovery":false,"budget_limit":12.5}
            """);
        Assert.Equal(201, answer.Status);
        JsonObject json = answer.Json.AsObject();
        Assert.Matches("^inst_[0-9a-z]{6,20}$", (string)json["id"]!);
        Assert.Equal(
            """{"status":"provisioning","gpu":"a100_80gb","gpu_name":"NVIDIA A100 80GB","provider":"vast_ai","region":"us-east","ip":null,"ssh_command":null,"jupyter_url":null,"cost_per_hour":0.95,"template":"custom","spot":false,"started_at":null,"created_at":"2026-03-01T12:00:00Z"}""",
            Without(json, "id"));
    }

    [Theory]
    [InlineData("\"region\":\"eu\"", "vast_ai", "eu-central", 2.10)]
    [InlineData("\"region\":\"asia\",\"provider\":\"runpod\"", "runpod", "asia-east", 2.52)]
    [InlineData("\"region\":\"any\",\"provider\":\"lambda\"", "lambda", "us-south", 2.84)]
    [InlineData("\"spot\":true", "vast_ai", "us-east", 1.16)]
    [InlineData("\"region\":null,\"spot\":null,\"provider\":null,\"docker_image\":null,\"budget_limit\":null", "vast_ai", "us-east", 2.10)]
    public async Task Region_and_provider_are_resolved(string fields, string provider, string region, double price)
    {
        using var rig = new Rig();
        JsonNode json = (await rig.Post("/v1/instances", "{\"gpu\":\"h100_80gb\",\"template\":\"pytorch\"," + fields + "}")).Json;
        Assert.Equal(provider, (string)json["provider"]!);
        Assert.Equal(region, (string)json["region"]!);
        Assert.Equal(price, (double)json["cost_per_hour"]!);
    }

    [Theory]
    [InlineData("h100_80gb", "\"provider\":\"lambda\",\"spot\":true")]
    [InlineData("rtx_4090", "\"provider\":\"lambda\"")]
    [InlineData("h100_80gb", "\"provider\":\"tensordock\",\"region\":\"asia\"")]
    public async Task A_gpu_without_an_offer_is_not_available(string gpu, string fields)
    {
        using var rig = new Rig();
        Answer answer = await rig.Post("/v1/instances", "{\"gpu\":\"" + gpu + "\",\"template\":\"pytorch\"," + fields + "}");
        Assert.Equal(400, answer.Status);
        Assert.Contains("not available", answer.Detail);
    }

    [Fact]
    public async Task Without_credit_nothing_is_launched()
    {
        using var rig = new Rig(options: new EmulatorOptions { Instances = 0 });
        rig.Emulator.SetBalance(0);
        Assert.Equal(402, (await rig.Launch()).Status);
        Assert.Empty(rig.Emulator.Instances);
    }

    [Fact]
    public async Task An_idempotency_key_changes_nothing()
    {
        using var rig = new Rig(options: new EmulatorOptions { Instances = 0 });
        rig.Http.DefaultRequestHeaders.Add("Idempotency-Key", "one");
        await rig.Launch();
        await rig.Launch();
        Assert.Equal(2, rig.Emulator.Instances.Select(instance => instance.Id).Distinct().Count());
    }

    private static string Without(JsonObject json, string name)
    {
        json.Remove(name);
        return json.ToJsonString();
    }
}
