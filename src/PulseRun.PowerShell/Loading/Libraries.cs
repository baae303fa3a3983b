extern alias EmulatorLibrary;

using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using PulseRun.Client;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Client;
using PulseRun.Core.Launch;
using PulseRun.Core.Monitoring;
using PulseRun.Core.Notify;
using PulseRun.Core.Policy;
using PulseRun.Core.Profiles;
using PulseRun.Core.RateLimit;
using PulseRun.Core.Schedules;
using PulseRun.Core.Store;
using PulseRun.Core.Views;
using PulseRun.Core.Webhooks;
#if NET
using PulseRun.Core.Tracing;
using PulseRun.Telemetry;
#endif
using PulseRun.PowerShell.Session;
using PulseRun.Store;
using PulseRun.Store.Postgres;
using PulseRun.Views;
using EmulatorLibrary::PulseRun.Emulator;

namespace PulseRun.PowerShell.Loading;

/// <summary>
/// The only code that uses types from deps/. Each type has a method of its own that is never inlined: the JIT loads the types of a method when it
/// compiles the method, so using these types elsewhere would load Refit, Polly or SQLite too early.
/// </summary>
internal static class Libraries
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IEmulatorControl CreateEmulator(EmulatorOptions options) => EmulatorFactory.Create(options);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ILauncher CreateLauncher(Context context, ILaunchJournal? journal, LaunchOptions options) => ClientFactory.CreateLauncher(Connection.Of(context).Client, journal, options);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static SteadyTime SteadyNow() => ClientFactory.SteadyNow();

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static INotifier CreateNotifier(Uri address, NotifyFormat format) => ClientFactory.CreateNotifier(address, format);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IScheduleCreator CreateScheduleCreator(Context context, IScheduleJournal journal) => ClientFactory.CreateScheduleCreator(Connection.Of(context).Client, journal);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ICron CreateCron() => ClientFactory.CreateCron();

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IWebhookListener CreateWebhookListener(WebhookListenerOptions options) => ClientFactory.CreateWebhookListener(options);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IMetricSink CreateMetricSink(Uri address, IReadOnlyList<KeyValuePair<string, string>> headers, string service) => ClientFactory.CreateMetricSink(address, headers, service);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IStore OpenStore() => StoreFactory.Open();

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ITeamStore OpenTeamStore(string text, Func<string>? password) => PostgresStoreFactory.Open(text, password);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IStoreContent OpenContent(string path) => StoreFactory.Content(path);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static StoreInfo DescribeLocal() => StoreFactory.Describe();

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IAuditLog OpenAudit(string path) => StoreFactory.Audit(path);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IRunwayMark? TakeRunwayMark(string account) => StoreFactory.RunwayMark(account);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static string MakeSshFolder() => StoreFactory.SshFolder();

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static string StateFolder() => StoreFactory.StateFolder();

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool HasStore() => StoreFactory.HasStore();

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool HasNotes() => StoreFactory.HasNotes();

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static string NewSshLog(string folder) => StoreFactory.NewSshLog(folder);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IProfiles OpenProfiles() => StoreFactory.Profiles();

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Policy? ReadPolicy(PolicyPlace place) => StoreFactory.Policy(place);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IViews CreateViews() => ViewsFactory.Create();

#if NET
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ITracing CreateTracing() => TelemetryFactory.Create();
#endif

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IPulseRunClient CreateClient(Context context, IInstanceObserver seen, IRateAllowance? allowance) => ClientFactory.Create(context, seen, allowance);
}
