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

/// <summary>A service that launches late, loses answers, lists late and otherwise than asked, and has other customers who launch the same. All by one seed.</summary>
/// <param name="time">The one clock.</param>
/// <param name="random">The seed.</param>
/// <param name="isPlain">True for a service that only fails: it tells the time, lists what was asked for within 5 s, and does nothing after it has cut a connection.</param>
/// <param name="isMild">True for a service that answers two launches of three, spells names as they were requested and tells the time, but goes on after it has cut a connection, hangs, and lists late.</param>
/// <param name="dateAge">The time after the start of a second at which the service writes a new Date header.</param>
internal sealed class SimulatedService(SimulatedTime time, Random random, bool isPlain = false, bool isMild = false, TimeSpan dateAge = default) : HttpMessageHandler
{
    private readonly string _template = !isPlain && !isMild && random.Next(10) == 0 ? "pytorch-2.4" : "pytorch";
    private readonly string _gpu = !isPlain && !isMild && random.Next(10) == 0 ? "h100-80gb" : "h100_80gb";
    private readonly bool _liesAboutSpot = !isPlain && !isMild && random.Next(12) == 0;
    private readonly bool _tellsTheTime = isPlain || isMild || random.Next(12) != 0;
    private readonly bool _failsToList = !isPlain && random.Next(8) == 0;
    private readonly TimeSpan _createdAtIsOff = TimeSpan.FromSeconds(isPlain || isMild ? 0 : new[] { -3, -4, 5, -600, 0 }[Math.Min(4, random.Next(20))]);

    private const int CutAtTheEnd = 5;

    /// <summary>The kinds of answers of a mild service, each as often as it comes.</summary>
    private static readonly int[] s_mild = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 3, CutAtTheEnd, CutAtTheEnd];

    public List<Row> Rows { get; } = [];

    /// <summary>When each launch came, and when its sender heard of its end or ceased to wait.</summary>
    public Dictionary<Guid, (DateTimeOffset Came, DateTimeOffset? Ended)> Posts { get; } = [];

    /// <summary>Launches that were answered, also with an error.</summary>
    public HashSet<Guid> Answered { get; } = [];

    /// <summary>Gets how each launch ended whose sender got no instance.</summary>
    public Dictionary<Guid, string> Lost { get; } = [];

    /// <summary>Launches whose connection was cut while the server went on.</summary>
    public HashSet<Guid> Cut { get; } = [];

    /// <summary>Launches whose connection was cut and that did not happen: nothing but time can tell.</summary>
    public HashSet<Guid> CutForNothing { get; } = [];

    /// <summary>Gets or sets the action to run when a launch request has arrived.</summary>
    public Action OnLaunch { get; set; } = static () => { };

    private DateTimeOffset Now => time.Now;

    /// <summary>Launches an equal instance for another customer.</summary>
    public void LaunchElsewhere(bool spot) => Create(null, spot, Now);

    /// <summary>Returns when a row says that it was created.</summary>
    public DateTimeOffset Listed(Row row) => row.CreatedAt + _createdAtIsOff;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        time.CheckThread();
        string path = request.RequestUri!.AbsolutePath;
        HttpResponseMessage response;
        if (request.Method == HttpMethod.Post)
        {
            var intent = Guid.Parse(request.Headers.GetValues("Idempotency-Key").Single());
            if (Posts.ContainsKey(intent))
                throw new InvalidOperationException("A launch was sent twice.");
            Posts[intent] = (Now, null);
            try
            {
                response = await LaunchAsync(intent, request, cancellationToken);
                Answered.Add(intent);
            }
            finally
            {
                Posts[intent] = (Posts[intent].Came, Now);
            }
        }
        else if (path.EndsWith("/instances", StringComparison.Ordinal))
        {
            await time.WaitAsync(TimeSpan.FromSeconds(random.NextDouble() * 0.5));
            if (_failsToList && random.Next(3) == 0)
                throw new HttpRequestException("reset");
            response = Answer(200, "[" + string.Join(",", Rows.Where(row => row.VisibleAt <= Now).Select(Json)) + "]");
        }
        else
        {
            var row = Rows.Find(one => path.EndsWith("/" + one.Id, StringComparison.Ordinal));
            if (request.Method == HttpMethod.Delete && row is not null)
                row.IsTerminated = true;
            response = row is null ? Answer(404, "{}") : Answer(200, Json(row));
        }
        response.RequestMessage = request;
        if (_tellsTheTime)
        {
            var written = Now - dateAge;
            response.Headers.Date = written.AddTicks(-(written.Ticks % TimeSpan.TicksPerSecond));
        }
        return response;
    }

    private async Task<HttpResponseMessage> LaunchAsync(Guid intent, HttpRequestMessage request, CancellationToken cancel)
    {
#pragma warning disable CA2016 // Not there on net472.
        bool spot = (await request.Content!.ReadAsStringAsync()).Contains("\"spot\":true");
#pragma warning restore CA2016
        OnLaunch();
        bool happens = random.Next(3) != 0;
        var answersAfter = TimeSpan.FromSeconds(random.NextDouble() * 2);
        int kind = isMild ? s_mild[random.Next(s_mild.Length)] : random.Next(5);
        if (kind is 0 or 1 or CutAtTheEnd || isPlain)
        {
            await time.WaitAsync(answersAfter);
            if (kind == 0 || happens)
                Create(intent, spot, Now);
            if (kind == 0)
                return Answer(200, Json(Rows[Rows.Count - 1]));
            if (kind is 1 or 2)
            {
                Lost[intent] = "error";
                return Answer(500, "{}");
            }
            Lost[intent] = "cut";
            await time.WaitAsync(answersAfter);
            if (!happens)
                CutForNothing.Add(intent);
            throw new HttpRequestException("reset");
        }
        // The connection is cut, or the server hangs, and it goes on.
        _ = WorkAsync(TimeSpan.FromSeconds(random.NextDouble() * 25));
        if (kind == 2)
        {
            Cut.Add(intent);
            Lost[intent] = "cut early";
            await time.WaitAsync(TimeSpan.FromSeconds(0.3));
            throw new HttpRequestException("reset");
        }
        Lost[intent] = "hang";
        var never = new TaskCompletionSource<HttpResponseMessage>();
        using (cancel.Register(() => never.TrySetCanceled()))
            return await never.Task;

        async Task WorkAsync(TimeSpan work)
        {
            await time.WaitAsync(work);
            if (happens)
                Create(intent, spot, Now);
        }
    }

    private void Create(Guid? intent, bool spot, DateTimeOffset at) => Rows.Add(new Row(
        "inst_" + random.Next().ToString(CultureInfo.InvariantCulture) + "_" + Rows.Count,
        intent,
        spot,
        random.Next(4) == 0 ? 3 : 1,
        at,
        at + TimeSpan.FromSeconds(random.NextDouble() * (isPlain ? 5 : 10))));

    private string Json(Row row) => Samples.Instance(row.Id, row.IsTerminated ? "terminated" : "provisioning").Replace("a100_80gb", _gpu).Replace("\"pytorch\"", "\"" + _template + "\"")
        .Replace("\"spot\":false", "\"spot\":" + (row.Spot && !_liesAboutSpot ? "true" : "false"))
        .Replace("\"cost_per_hour\":0.95", "\"cost_per_hour\":" + row.Price.ToString(CultureInfo.InvariantCulture))
        .Replace("2026-03-01T12:00:00Z", Listed(row).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));

    private static HttpResponseMessage Answer(int status, string json) => new((HttpStatusCode)status) { Content = new StringContent(json, Encoding.UTF8, "application/json") };

    /// <param name="Id">Its name.</param>
    /// <param name="Intent">The intent that it belongs to; null for another customer's.</param>
    /// <param name="Spot">True for a spot instance.</param>
    /// <param name="Price">The price per hour.</param>
    /// <param name="CreatedAt">The time of its creation.</param>
    /// <param name="VisibleAt">The time from which on the list shows it.</param>
    internal sealed record Row(string Id, Guid? Intent, bool Spot, decimal Price, DateTimeOffset CreatedAt, DateTimeOffset VisibleAt)
    {
        public bool IsTerminated { get; set; }
    }
}
