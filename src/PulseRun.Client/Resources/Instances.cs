using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Json;
using PulseRun.Client.Launch;
using PulseRun.Client.Resources;
using PulseRun.Core.Client;
using PulseRun.Core.Launch;

namespace PulseRun.Client;

/// <content>The list, single instances, and launches.</content>
internal static partial class Operations
{
    public static readonly Operation List = new("GET", ApiPaths.Instances, "Listing the instances", ErrorIds.InvalidRequest, Resend.AfterAnyFailure, AsksForGpu: false, Price: 1, IsTyped: false);

    public static readonly Operation Get = new("GET", ApiPaths.Instance, "Reading instance {0}", ErrorIds.InstanceNotFound, Resend.AfterAnyFailure, AsksForGpu: false, Price: 1, IsTyped: false);

    public static readonly Operation Launch = new("POST", ApiPaths.Instances, "Launching {0}", ErrorIds.InvalidRequest, Resend.OnlyIfUnsent, AsksForGpu: true, Price: 1, IsTyped: false);
}

/// <content>The list, single instances, and launches.</content>
internal sealed partial class PulseRunClient
{
    public Task ListAsync(string? status, Action<IReadOnlyList<Instance>> onBatch, ICallObserver observer, CancellationToken cancel)
    {
        var seen = _seen.BeginList(isOfAll: status is null);
        var reader = new ListReader(_instances, status, rows => Share(rows, seen, onBatch), _redactor);
        return new ListCall(_api, _executor, _context, reader, seen).RunAsync(Spelled(status), observer, cancel);
    }

    public Task PeekAsync(ICallObserver observer, CancellationToken cancel)
    {
        var seen = _seen.BeginList(isOfAll: true);
        var reader = new ListReader(_instances, null, seen.Take, _redactor);
        return new ListCall(_api, _executor, _context, reader, seen).PeekAsync(observer, cancel);
    }

    public Task<Instance> GetAsync(string id, ICallObserver observer, CancellationToken cancel) => ReadAsync(id, null, observer, cancel);

    public Task<Instance> GetAsync(string id, ActWindow window, ICallObserver observer, CancellationToken cancel) => ReadAsync(id, window, observer, cancel);

    /// <summary>Creates the launcher of one command.</summary>
    public Launcher CreateLauncher(ILaunchJournal? journal, LaunchOptions options) => CreateLauncher(journal, ProcessClaims.Shared, options);

    /// <summary>Creates a launcher with separate claims, as in another process.</summary>
    public Launcher CreateLauncher(ILaunchJournal? journal, ProcessClaims claims, LaunchOptions options) =>
        new(this, new LaunchCall(_api, _executor, _answers), _clock, _time, _context, _seen, journal ?? new InMemoryJournal(), claims, options);

    private async Task<Instance> ReadAsync(string id, ActWindow? window, ICallObserver observer, CancellationToken cancel)
    {
        var request = _executor.NewCall(Operations.Get, id, observer, cancel);
        var instance = await _executor.RunAsync(
            request,
            attempt =>
            {
                Start(window);
                return _api.Get(id, attempt, attempt.Token);
            },
            _answers.InstanceAsync);
        _seen.Note(instance);
        return instance;
    }

    /// <summary>Returns a state in the spelling of the API; null for an unknown one, so that the whole list is read and filtered here.</summary>
    private static string? Spelled(string? status) =>
        status is null ? null : InstanceStatus.Known.FirstOrDefault(known => InstanceStatus.Is(status, known));

    private static void Share(IReadOnlyList<Instance> rows, IListObserver seen, Action<IReadOnlyList<Instance>> onBatch)
    {
        // Add to the cache first: the receiver may end the call.
        seen.Take(rows);
        onBatch(rows);
    }
}
