using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Tests.Support;

namespace PulseRun.Client.Tests.Launch;

/// <summary>Simulates a service that launches late, loses answers, lists late and with other spellings, and has other customers who launch the same. All from one seed.</summary>
internal sealed class SimulatedService(SimulatedTime time, Random random) : HttpMessageHandler
{
    private readonly string _template = random.Next(10) == 0 ? "pytorch-2.4" : "pytorch";
    private readonly string _gpu = random.Next(10) == 0 ? "h100-80gb" : "h100_80gb";
    private readonly bool _liesAboutSpot = random.Next(12) == 0;
    private readonly bool _tellsTheTime = random.Next(12) != 0;
    private readonly TimeSpan _createdAtIsOff = TimeSpan.FromSeconds(new[] { -3, -4, 5, -600, 0 }[Math.Min(4, random.Next(20))]);

    public List<Row> Rows { get; } = [];

    public int Lists { get; private set; }

    /// <summary>Gets or sets the action to run when a launch request has arrived.</summary>
    public Action OnLaunch { get; set; } = static () => { };

    private DateTimeOffset Now => time.Clock.GetUtcNow();

    /// <summary>Launches an equal instance for another customer.</summary>
    public void LaunchElsewhere(bool spot) => Create(null, spot, Now);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = request.Method == HttpMethod.Post ? await LaunchAsync(request, cancellationToken) : List();
        response.RequestMessage = request;
        if (_tellsTheTime)
            response.Headers.Date = Now;
        return response;
    }

    private async Task<HttpResponseMessage> LaunchAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        var intent = Guid.Parse(request.Headers.GetValues("Idempotency-Key").Single());
#pragma warning disable CA2016 // The overload does not exist on net472.
        bool spot = (await request.Content!.ReadAsStringAsync()).Contains("\"spot\":true");
#pragma warning restore CA2016
        OnLaunch();
        bool happens = random.Next(3) != 0;
        var answersAfter = TimeSpan.FromSeconds(random.NextDouble() * 2);
        switch (random.Next(5))
        {
            case 0:
                await time.WaitAsync(answersAfter);
                return Answer(200, Json(Create(intent, spot, Now)));
            case 1:
                await time.WaitAsync(answersAfter);
                if (happens)
                    Create(intent, spot, Now);
                return Answer(500, "{}");
            case 2:
                // The connection is closed, but the server continues.
                _ = WorkAsync(TimeSpan.FromSeconds(random.NextDouble() * 25));
                await time.WaitAsync(TimeSpan.FromSeconds(0.3));
                throw new HttpRequestException("reset");
            default:
                _ = WorkAsync(TimeSpan.FromSeconds(random.NextDouble() * 25));
                var never = new TaskCompletionSource<HttpResponseMessage>();
                using (cancel.Register(() => never.TrySetCanceled()))
                    return await never.Task;
        }

        async Task WorkAsync(TimeSpan work)
        {
            await time.WaitAsync(work);
            if (happens)
                Create(intent, spot, Now);
        }
    }

    private HttpResponseMessage List()
    {
        Lists++;
        return Answer(200, "[" + string.Join(",", Rows.Where(row => row.VisibleAt <= Now).Select(Json)) + "]");
    }

    private Row Create(Guid? intent, bool spot, DateTimeOffset at)
    {
        var row = new Row("inst_" + random.Next().ToString(CultureInfo.InvariantCulture) + "_" + Rows.Count, intent, spot, at, at + TimeSpan.FromSeconds(random.NextDouble() * 10));
        Rows.Add(row);
        return row;
    }

    private string Json(Row row) => Samples.Instance(row.Id, "provisioning").Replace("a100_80gb", _gpu).Replace("\"pytorch\"", "\"" + _template + "\"")
        .Replace("\"spot\":false", "\"spot\":" + (row.Spot && !_liesAboutSpot ? "true" : "false"))
        .Replace("2026-03-01T12:00:00Z", (row.CreatedAt + _createdAtIsOff).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));

    private static HttpResponseMessage Answer(int status, string json) => new((HttpStatusCode)status) { Content = new StringContent(json, Encoding.UTF8, "application/json") };

    /// <param name="Id">The id of the instance.</param>
    /// <param name="Intent">The intent of its launch; null for another customer's.</param>
    /// <param name="Spot">True for a spot instance.</param>
    /// <param name="CreatedAt">The time of creation.</param>
    /// <param name="VisibleAt">The time from which the list contains it.</param>
    internal sealed record Row(string Id, Guid? Intent, bool Spot, DateTimeOffset CreatedAt, DateTimeOffset VisibleAt);
}
