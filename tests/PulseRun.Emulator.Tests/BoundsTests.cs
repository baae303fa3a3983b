using System;
using System.Net.Http;
using System.Text;
using System.Threading.Tasks;
using Xunit;

namespace PulseRun.Emulator.Tests;

/// <summary>Tests that the memory of an emulator is bounded, because it may run for weeks and receive any request.</summary>
public class BoundsTests
{
    [Fact]
    public async Task Requests_AreTheLast10000()
    {
        using var rig = new Rig(options: new EmulatorOptions { Instances = 1, RequestsPerMinute = 0 });
        for (int n = 0; n < 10_050; n++)
            await rig.Get("/v1/nothing/" + n);
        Assert.Equal(10_000, rig.Emulator.Requests.Count);
        Assert.Equal("/v1/nothing/50", rig.Emulator.Requests[0].Path);
        Assert.Equal("/v1/nothing/10049", rig.Emulator.Requests[9_999].Path);
        rig.Emulator.ClearRequests();
        Assert.Empty(rig.Emulator.Requests);
    }

    [Fact]
    public async Task Texts_OfARequest_AreCut()
    {
        using var rig = new Rig();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/instances?x=" + new string('y', 20_000));
        request.Headers.Add("Idempotency-Key", new string('k', 5_000));
        (await rig.Http.SendAsync(request)).Dispose();
        var kept = Assert.Single(rig.Emulator.Requests);
        Assert.Equal(2_048, kept.Path.Length);
        Assert.Equal(256, kept.IdempotencyKey!.Length);
    }

    [Theory]
    [InlineData(TransportKind.InProcess)]
    [InlineData(TransportKind.Loopback)]
    public async Task Body_ThatIsTooLarge_IsRefused_AndNotReadToItsEnd(TransportKind transport)
    {
        using var rig = new Rig(transport);
        int instances = rig.Emulator.Instances.Count;
        var endless = new EndlessContent();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/instances") { Content = endless };
        int status;
        try
        {
            using var response = await rig.Http.SendAsync(request);
            status = (int)response.StatusCode;
        }
        catch (HttpRequestException)
        {
            // The server closed the connection while the body was still being sent.
            status = 413;
        }
        Assert.Equal(413, status);
        Assert.InRange(endless.Sent, 1, 64L << 20);
        Assert.Equal(instances, rig.Emulator.Instances.Count);
        Assert.Equal(200, (await rig.Get("/v1/instances")).Status);
    }

    [Fact]
    public void Price_BeyondTheLedger_IsRefused()
    {
        using var rig = new Rig();
        Assert.Throws<ArgumentException>(() => rig.Emulator.AddInstance(new Instance { CostPerHour = 7.9e28m }));
        Assert.Throws<ArgumentOutOfRangeException>(() => rig.Emulator.SetBalance(7.9e28m));
        rig.Time.Advance(TimeSpan.FromHours(1));
        Assert.True(rig.Emulator.Balance > 0);
    }

    /// <summary>Provides a body of at most 64 MB, so that a server which reads all of it fails this test instead of blocking it.</summary>
    private sealed class EndlessContent : HttpContent
    {
        private static readonly byte[] s_chunk = Encoding.ASCII.GetBytes(new string(' ', 64 << 10));

        public EndlessContent() => Headers.ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue("application/json");

        public long Sent { get; private set; }

        protected override async Task SerializeToStreamAsync(System.IO.Stream stream, System.Net.TransportContext? context)
        {
            while (Sent < 100L << 20)
            {
                await stream.WriteAsync(s_chunk, 0, s_chunk.Length);
                Sent += s_chunk.Length;
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
