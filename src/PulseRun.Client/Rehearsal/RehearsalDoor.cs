using System;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace PulseRun.Client.Rehearsal;

/// <summary>Answers a list of one instance, and any act with that instance.</summary>
internal sealed class RehearsalDoor : HttpMessageHandler
{
    public const string Id = "inst_rehearsal";

    private const string Instance = """
        {"id":"inst_rehearsal","status":"stopped","gpu":"a100_80gb","gpu_name":"NVIDIA A100 80GB","provider":"vast_ai","region":"us-east","ip":"10.0.0.1","ssh_command":"ssh root@10.0.0.1 -p 20000","jupyter_url":"https://proxy.example/lab","cost_per_hour":0.95,"template":"pytorch","spot":false,"started_at":"2026-03-01T12:00:00Z","created_at":"2026-03-01T11:00:30Z"}
        """;

    public static HttpResponseMessage Answer(bool isList)
    {
        string body = isList ? "{\"data\":[" + Instance + "]}" : Instance;
        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        response.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        response.Headers.Date = DateTimeOffset.UtcNow;
        return response;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // As on the way to a network: everything that waits is compiled for waiting too.
        await Task.Yield();
        return Answer(isList: request.Method == HttpMethod.Get);
    }
}
