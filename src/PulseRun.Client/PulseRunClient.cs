using System;
using System.Collections.Generic;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Calls;
using PulseRun.Client.Gate;
using PulseRun.Client.Http;
using PulseRun.Client.Redaction;
using PulseRun.Client.Wire;
using PulseRun.Contracts;
using PulseRun.Rules;
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
    private readonly TimeProvider _time;

    public PulseRunClient(Context context, RateGate gate, TimeProvider time, Func<double> random)
    {
        _context = context;
        _time = time;
        gate.Pace = context.RequestsPerMinute;
        _redactor = new Redactor(context.Settings.Key);
        var transport = context.Settings.Door ?? Transport.Shared;
        var handlers = new TraceHandler(time, _redactor, new AuthHandler(context.BaseUri, context.Settings.Key, transport));
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
        _sender = new Sender(context, gate, time, random, _redactor);
        _instances = new InstanceReader(context, _redactor);
        _answers = new SingleReader(_instances, _redactor);
    }

    public Task ListAsync(string? status, Action<IReadOnlyList<Instance>> onBatch, ICallObserver observer, CancellationToken cancel)
    {
        var reader = new ListReader(_instances, status, onBatch, _redactor);
        return new ListCall(_api, _sender, _context, reader).RunAsync(status, observer, cancel);
    }

    public async Task<Instance> GetAsync(string id, ICallObserver observer, CancellationToken cancel)
    {
        Check(id);
        var call = _sender.NewCall(Operation.Get, id, observer, cancel);
        return await _sender.RunAsync(call, attempt => _api.Get(id, attempt, attempt.Token), _answers.InstanceAsync);
    }

    public Task<Instance> StopAsync(string id, Instance? known, ICallObserver observer, CancellationToken cancel) =>
        ActAsync(Operation.Stop, id, known, observer, cancel);

    public Task<Instance> StartAsync(string id, Instance? known, ICallObserver observer, CancellationToken cancel) =>
        ActAsync(Operation.Start, id, known, observer, cancel);

    public Task<Instance> RemoveAsync(string id, Instance? known, ICallObserver observer, CancellationToken cancel) =>
        ActAsync(Operation.Remove, id, known, observer, cancel);

    public async Task<InstanceMetrics> GetMetricsAsync(string id, ICallObserver observer, CancellationToken cancel)
    {
        Check(id);
        var call = _sender.NewCall(Operation.Metrics, id, observer, cancel);
        var answer = await _sender.RunAsync(call, attempt => _api.Metrics(id, attempt, attempt.Token), _answers.ObjectAsync);
        return MetricsReader.Read(id, answer, _context, _redactor);
    }

    public async Task<Instance> LaunchAsync(LaunchRequest request, ICallObserver observer, CancellationToken cancel)
    {
        if (LaunchRules.Check(request) is { } refusal)
            throw refusal;
        var outcome = await new LaunchCall(_api, _sender, _answers, _time).SendAsync(request, null, observer, cancel);
        switch (outcome)
        {
            case Launched launched:
                return await WholeAsync(launched.Instance, observer, cancel);
            case Refused refused:
                throw refused.Error;
            default:
                throw Unknown(request, ((Doubtful)outcome).Cause);
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _redactor.Dispose();
    }

    private async Task<Instance> ActAsync(Operation operation, string id, Instance? known, ICallObserver observer, CancellationToken cancel)
    {
        Check(id);
        return await new ActionCall(_api, _sender, _answers, _context).RunAsync(operation, id, known, observer, cancel);
    }

    /// <summary>Reads what a launch's answer left out. It has launched: nothing that fails from here on changes that.</summary>
    private async Task<Instance> WholeAsync(Instance launched, ICallObserver observer, CancellationToken cancel)
    {
        if (InstanceMerge.IsWhole(launched, null) || !InstanceIds.IsValid(launched.Id))
            return launched;
        try
        {
            return await GetAsync(launched.Id, observer, cancel);
        }
        catch (PulseRunException exception)
        {
            observer.Warning("Instance " + launched.Id + " was launched, but not all about it could be read. " + exception.Message);
            return launched;
        }
    }

    private static PulseRunException Unknown(LaunchRequest request, PulseRunException cause) =>
        new(ErrorIds.LaunchOutcomeUnknown, "Whether " + LaunchCall.Name(request) + " was launched is unknown. " + cause.Message)
        {
            StatusCode = cause.StatusCode,
            Detail = cause.Detail,
            RequestId = cause.RequestId,
        };

    private static void Check(string id)
    {
        if (!InstanceIds.IsValid(id))
            throw InstanceIds.Refuse(id);
    }

    internal static RefitSettings Settings()
    {
        // The options of the generated context know its types only: nothing is reflected over.
        return new RefitSettings(new SystemTextJsonContentSerializer(WireContext.Default.Options))
        {
            // As it came: Refit's own wrapper would hold on to the request.
            TransportExceptionFactory = static (_, exception, _) => exception,
        };
    }
}
