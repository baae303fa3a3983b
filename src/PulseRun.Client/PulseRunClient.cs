using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Security;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Calls;
using PulseRun.Client.Gate;
using PulseRun.Client.Http;
using PulseRun.Client.Launching;
using PulseRun.Client.Redaction;
using PulseRun.Client.Waiting;
using PulseRun.Client.Wire;
using PulseRun.Contracts;
using PulseRun.Launching;
using PulseRun.Rules;
using PulseRun.Seen;
using PulseRun.Waiting;
using Refit;

namespace PulseRun.Client;

/// <summary>The API of one connection.</summary>
internal sealed class PulseRunClient : IPulseRunClient
{
    private readonly Context _context;
    private readonly Redactor _redactor;
    private readonly HttpClient _http;
    private readonly IPulseRunApi _api;
    private readonly Sender _sender;
    private readonly InstanceReader _instances;
    private readonly SingleReader _answers;
    private readonly ServerClock _clock;
    private readonly TimeProvider _time;

    public PulseRunClient(Context context, RateGate gate, TimeProvider time, Func<double> random)
    {
        _context = context;
        _time = time;
        CheckKey(context.Settings.Key);
        gate.Pace = context.RequestsPerMinute;
        _redactor = new Redactor(context.Settings.Key);
        var transport = context.Settings.Door ?? Transport.For(context.BaseUri);
        var handlers = new SingleSendHandler(new TraceHandler(time, _redactor, new AuthHandler(context.BaseUri, context.Settings.Key, transport)));
        // Neither the shared transport nor the context's door is ours to dispose.
        _http = new HttpClient(handlers, disposeHandler: false)
        {
            BaseAddress = context.BaseUri,
            // Each attempt has its own limit, from the moment it is sent.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("PulseRun.PowerShell", typeof(PulseRunClient).Assembly.GetName().Version?.ToString(3)));
        _api = RestService.ForGenerated<IPulseRunApi>(_http, Settings());
        _clock = new ServerClock(() => context.UtcNow, time, context.ClockRate);
        _sender = new Sender(context, gate, time, _clock, random, _redactor);
        _instances = new InstanceReader(context, _redactor);
        _answers = new SingleReader(_instances, _redactor);
    }

    public Task ListAsync(string? status, Action<IReadOnlyList<Instance>> onBatch, ICallObserver observer, CancellationToken cancel)
    {
        var seen = _context.Seen.Watch(isOfAll: status is null);
        var reader = new ListReader(_instances, status, rows => Share(rows, seen, onBatch), _redactor);
        return new ListCall(_api, _sender, _context, reader, seen).RunAsync(Spelled(status), observer, cancel);
    }

    public Task PeekAsync(ICallObserver observer, CancellationToken cancel)
    {
        var seen = _context.Seen.Watch(isOfAll: true);
        var reader = new ListReader(_instances, null, seen.Take, _redactor);
        return new ListCall(_api, _sender, _context, reader, seen).PeekAsync(observer, cancel);
    }

    public TimeSpan? ClockSkew => _clock.Skew;

    public Task<Instance> GetAsync(string id, ICallObserver observer, CancellationToken cancel) =>
        ReadAsync(id, null, observer, cancel);

    public Task<Instance> GetAsync(string id, ActWindow window, ICallObserver observer, CancellationToken cancel) =>
        ReadAsync(id, window, observer, cancel);

    public Task<Instance> StopAsync(string id, Instance? known, ICallObserver observer, CancellationToken cancel) =>
        ActAsync(Operation.Stop, id, known, null, observer, cancel);

    public Task<Instance> StopAsync(string id, Instance? known, ActWindow window, ICallObserver observer, CancellationToken cancel) =>
        ActAsync(Operation.Stop, id, known, window, observer, cancel);

    public Task<Instance> StartAsync(string id, Instance? known, ICallObserver observer, CancellationToken cancel) =>
        ActAsync(Operation.Start, id, known, null, observer, cancel);

    public Task<Instance> RemoveAsync(string id, Instance? known, ICallObserver observer, CancellationToken cancel) =>
        ActAsync(Operation.Remove, id, known, null, observer, cancel);

    public Task<Instance> RemoveAsync(string id, Instance? known, ActWindow window, ICallObserver observer, CancellationToken cancel) =>
        ActAsync(Operation.Remove, id, known, window, observer, cancel);

    public Task<InstanceMetrics> GetMetricsAsync(string id, ICallObserver observer, CancellationToken cancel) =>
        ReadMetricsAsync(id, null, observer, cancel);

    public Task<InstanceMetrics> GetMetricsAsync(string id, ActWindow window, ICallObserver observer, CancellationToken cancel) =>
        ReadMetricsAsync(id, window, observer, cancel);

    public async Task<AccountBalance> GetBalanceAsync(ICallObserver observer, CancellationToken cancel)
    {
        var call = _sender.NewCall(Operation.Balance, null, observer, cancel);
        return await _sender.RunAsync(
            call,
            attempt => _api.Balance(attempt, attempt.Token),
            async (response, attempt) => BillingReader.Balance(await _answers.ObjectAsync(response, attempt), _context, _redactor));
    }

    public async Task<IReadOnlyList<Transaction>> GetTransactionsAsync(string? type, ICallObserver observer, CancellationToken cancel)
    {
        var ledger = new List<Transaction>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        var trail = new PageTrail("transactions");
        string? cursor = null;
        bool hasNext;
        do
        {
            string? from = cursor;
            var call = trail.Begin(_sender.NewCall(Operation.Transactions, null, observer, cancel));
            var page = await _sender.RunAsync(
                call,
                attempt => _api.Transactions(type, from, attempt, attempt.Token),
                async (response, attempt) => BillingReader.Page(await _answers.ObjectAsync(response, attempt), _context, _redactor));
            // A row that moves from one page to the next while they are read must not be counted twice.
            ledger.AddRange(trail.IsFirst ? page.Lines : page.Lines.Where(line => line.Id.Length == 0 || !known.Contains(line.Id)));
            known.UnionWith(page.Lines.Select(static line => line.Id));
            cursor = page.NextCursor;
            hasNext = trail.Follow(call, ledger.Count, cursor);
        }
        while (hasNext);
        return ledger;
    }

    /// <summary>The launches of one command.</summary>
    public Launcher CreateLauncher(ILaunchJournal? journal, LaunchTerms terms) =>
        new(this, new LaunchCall(_api, _sender, _answers), _clock, _time, _context, journal ?? new PassingJournal(), terms);

    public Task WaitAsync(IReadOnlyList<WaitItem> items, WaitTerms terms, Action<Instance> onReached, Action<string, PulseRunException> onFailed, ICallObserver observer, CancellationToken cancel) =>
        new FleetWait(this, _time).RunAsync(items, terms, onReached, onFailed, observer, cancel);

    public void Dispose()
    {
        _http.Dispose();
        _redactor.Dispose();
    }

    private Task<Instance> ActAsync(Operation operation, string id, Instance? known, ActWindow? window, ICallObserver observer, CancellationToken cancel)
    {
        InstanceIds.Check(id);
        return new ActionCall(_api, _sender, _answers, _context).RunAsync(operation, id, known, window, observer, cancel);
    }

    private async Task<Instance> ReadAsync(string id, ActWindow? window, ICallObserver observer, CancellationToken cancel)
    {
        InstanceIds.Check(id);
        var call = _sender.NewCall(Operation.Get, id, observer, cancel);
        return _context.Seen.Note(await _sender.RunAsync(
            call,
            attempt =>
            {
                Start(window);
                return _api.Get(id, attempt, attempt.Token);
            },
            _answers.InstanceAsync));
    }

    private async Task<InstanceMetrics> ReadMetricsAsync(string id, ActWindow? window, ICallObserver observer, CancellationToken cancel)
    {
        InstanceIds.Check(id);
        var call = _sender.NewCall(Operation.Metrics, id, observer, cancel);
        var answer = await _sender.RunAsync(
            call,
            attempt =>
            {
                Start(window);
                return _api.Metrics(id, attempt, attempt.Token);
            },
            _answers.ObjectAsync);
        if (MetricsReader.IsForeign(id, answer))
            throw Failures.Malformed(call, "the answer is about another instance").Error;
        return MetricsReader.Read(id, answer, _context, _clock.Skew, _redactor);
    }

    private void Start(ActWindow? window)
    {
        long sent = _time.GetTimestamp();
        window?.Start(() => _time.GetElapsedTime(sent));
    }

    /// <summary>Returns a state as the API spells it; null for one that is not known, so that everything is listed and filtered here.</summary>
    private static string? Spelled(string? status) =>
        status is null ? null : InstanceStatus.Known.FirstOrDefault(known => InstanceStatus.Is(status, known));

    /// <summary>Refuses a key that cannot be sent, before the framework does: its exception would show the key.</summary>
    private static void CheckKey(SecureString key)
    {
        if (!SecretText.IsSendable(key))
            throw new PulseRunException(ErrorIds.InvalidRequest, "The key is empty or holds characters that no key has, such as spaces, line ends or letters beyond ASCII. Nothing was sent.") { Field = "ApiKey" };
    }

    private static void Share(IReadOnlyList<Instance> rows, SeenList seen, Action<IReadOnlyList<Instance>> onBatch)
    {
        // First: whoever gets the rows may end the call with them.
        seen.Take(rows);
        onBatch(rows);
    }

    internal static RefitSettings Settings() => new()
    {
        // As it came: Refit's own wrapper would hold on to the request.
        TransportExceptionFactory = static (_, exception, _) => exception,
    };
}
