using System;
using System.Collections.Generic;
using System.Net.Http;
using System.Security;
using System.Text.Json.Serialization;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Client.Json;
using PulseRun.Client.RateLimit;
using PulseRun.Client.Resources;
using PulseRun.Client.Wait;
using PulseRun.Core.Client;
using PulseRun.Core.RateLimit;
using PulseRun.Core.Text;
using PulseRun.Core.Wait;
using Refit;

namespace PulseRun.Client;

/// <summary>Implements the API of one connection.</summary>
internal sealed partial class PulseRunClient : IPulseRunClient
{
    private readonly Context _context;
    private readonly Redactor _redactor;
    private readonly HttpClient _http;
    private readonly IPulseRunApi _api;
    private readonly RequestExecutor _executor;
    private readonly InstanceReader _instances;
    private readonly SingleReader _answers;
    private readonly ServerClock _clock;
    private readonly RateLimiter _limiter;
    private readonly TimeProvider _time;
    private readonly IInstanceObserver _seen;

    /// <param name="context">The connection.</param>
    /// <param name="limiter">The rate limit of the account.</param>
    /// <param name="time">The clock by which delays are counted.</param>
    /// <param name="random">Returns random numbers from 0 to 1, for jitter.</param>
    /// <param name="seen">Receives the instances that answers describe.</param>
    /// <param name="allowance">The allowance of the team; null without a store of a team.</param>
    public PulseRunClient(Context context, RateLimiter limiter, TimeProvider time, Func<double> random, IInstanceObserver seen, IRateAllowance? allowance = null)
    {
        _context = context;
        _seen = seen;
        _time = time;
        CheckKey(context.Settings.Key);
        _limiter = limiter;
        limiter.SetPace(context.RequestsPerMinute);
        limiter.Share(allowance, context.Account);
        _redactor = new Redactor(context.Settings.Key);
        _clock = new ServerClock(() => context.UtcNow, time, context.ClockRate, context.Follow);
        var transport = context.Settings.Handler ?? Transport.For(context.BaseUri);
        var handlers = new AttemptHandler(context.BaseUri, context.Settings.Key, time, _clock, _redactor, transport);
        // The client owns neither the shared transport nor the context's handler, so it does not dispose them.
        _http = new HttpClient(handlers, disposeHandler: false)
        {
            BaseAddress = context.BaseUri,
            // Each attempt has its own time limit, from the moment it is sent.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        // The headers are added as texts, because parsed values would be copied for each request.
        _http.DefaultRequestHeaders.TryAddWithoutValidation("Accept", "application/json");
        _http.DefaultRequestHeaders.TryAddWithoutValidation("Accept-Encoding", Transport.Encoding);
        _http.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", "PulseRun.PowerShell/" + typeof(PulseRunClient).Assembly.GetName().Version?.ToString(3));
        _api = RestService.ForGenerated<IPulseRunApi>(_http, Settings());
        _executor = new RequestExecutor(context, limiter, time, random, _redactor);
        _instances = new InstanceReader(context, _redactor);
        _answers = new SingleReader(_instances, _redactor);
    }

    public TimeSpan? ClockSkew => _clock.Skew + _context.Correction;

    public int? RequestsLeft => _limiter.Left;

    public Task WaitAsync(IReadOnlyList<WaitItem> items, WaitOptions options, Action<Instance> onReached, Action<string, PulseRunException> onFailed, ICallObserver observer, CancellationToken cancel) =>
        new FleetWait(this, _time).RunAsync(items, options, onReached, onFailed, observer, cancel);

    public void Dispose()
    {
        _http.Dispose();
        _redactor.Dispose();
    }

    /// <summary>
    /// Starts the window of an act when its look is sent. The monotonic clock of Linux and macOS stops while the machine sleeps, and the wall clock goes on, so the longer time counts:
    /// a wall clock that was set forward costs one more look, and one that was set back changes nothing.
    /// </summary>
    private void Start(ActWindow? window)
    {
        if (window is null)
            return;
        (long sent, DateTimeOffset at) = (_time.GetTimestamp(), _time.GetUtcNow());
        window.Start(() =>
        {
            (TimeSpan steady, TimeSpan wall) = (_time.GetElapsedTime(sent), _time.GetUtcNow() - at);
            return wall > steady ? wall : steady;
        });
    }

    /// <summary>Throws when the key cannot be sent. The framework would throw an exception whose message quotes the key.</summary>
    private static void CheckKey(SecureString key)
    {
        if (!KeyForm.IsSendable(key))
            throw new PulseRunException(ErrorIds.InvalidRequest, "ApiKey: the key is empty or contains characters that are not allowed, such as spaces, line ends or non-ASCII letters. Nothing was sent.") { Field = "ApiKey" };
    }

    /// <summary>Returns the Refit interface of a resource whose answers Refit deserializes.</summary>
    private T Typed<T>(JsonSerializerContext json)
        where T : class => RestService.ForGenerated<T>(_http, Settings(new TypedAnswers(json)));

    internal static RefitSettings Settings(IHttpContentSerializer? answers = null)
    {
        // Pass exceptions on unchanged: Refit's own wrappers would hold a reference to the request. AttemptHandler throws for each error status.
        var settings = answers is null ? new RefitSettings() : new RefitSettings(answers);
        settings.ExceptionFactory = static _ => new ValueTask<Exception?>((Exception?)null);
        settings.TransportExceptionFactory = static (_, exception, _) => exception;
        settings.DeserializationExceptionFactory = static (_, exception) => new ValueTask<Exception?>(exception);
        return settings;
    }
}
