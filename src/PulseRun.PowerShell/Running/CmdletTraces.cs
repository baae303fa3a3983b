using System;
using System.Management.Automation;
using PulseRun.Core.Tracing;
#if NET
using System.Runtime.CompilerServices;
using PulseRun.PowerShell.Loading;
#endif

namespace PulseRun.PowerShell.Running;

/// <summary>Traces cmdlets when OTEL_EXPORTER_OTLP_ENDPOINT asks for it. Without the variable, nothing of OpenTelemetry is loaded, and a cmdlet costs the read of the variable more.</summary>
internal static class CmdletTraces
{
    public const string Variable = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string DisabledVariable = "OTEL_SDK_DISABLED";

    private static readonly object s_lock = new();

    /// <summary>The endpoint that the present state belongs to.</summary>
    private static string? s_endpoint;

    /// <summary>Starts the span of a cmdlet; null when this process is not traced. Call it on the pipeline thread.</summary>
    public static ISpan? Start(PSCmdlet cmdlet)
    {
        string? endpoint = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(endpoint) && s_endpoint is null)
            return null;
        return Follow(cmdlet, string.IsNullOrWhiteSpace(endpoint) || IsDisabled ? null : endpoint)?.StartCommand(cmdlet.MyInvocation.MyCommand.Name);
    }

    /// <summary>Exports what is left, and ends the traces of this process. The next cmdlet may begin again.</summary>
    public static void Close()
    {
        lock (s_lock)
            Replace(null, null);
    }

    private static bool IsDisabled => string.Equals(Environment.GetEnvironmentVariable(DisabledVariable)?.Trim(), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns what traces by an endpoint. The variable can change within a session, so each cmdlet looks.</summary>
    private static ITracing? Follow(PSCmdlet cmdlet, string? endpoint)
    {
        lock (s_lock)
        {
            if (endpoint != s_endpoint)
                Replace(endpoint, endpoint is null ? null : Create(endpoint, cmdlet));
            return Traces.Current;
        }
    }

    private static void Replace(string? endpoint, ITracing? next)
    {
        ITracing? last = Traces.Current;
        Traces.Current = next;
        s_endpoint = endpoint;
        last?.Dispose();
    }

    private static ITracing? Create(string endpoint, PSCmdlet cmdlet)
    {
        if (!Uri.TryCreate(endpoint.Trim(), UriKind.Absolute, out Uri? address) || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
        {
            cmdlet.WriteWarning(Variable + " is not an http or https address, so no traces are exported. The command continues without them.");
            return null;
        }
#if NET
        // OpenTelemetry needs the DiagnosticSource of .NET 10, and a copy beside an older one of the host would have listeners of its own.
        if (Environment.Version.Major >= 10)
            return TryLoad(cmdlet);
#endif
        cmdlet.WriteWarning(Variable + " is set, but traces need PowerShell 7.6 or later. The command continues without them.");
        return null;
    }

#if NET
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ITracing? TryLoad(PSCmdlet cmdlet)
    {
        try
        {
            return Libraries.CreateTracing();
        }
#pragma warning disable CA1031 // Traces never prevent a command, whatever is wrong with their settings.
        catch (Exception error)
#pragma warning restore CA1031
        {
            // The message could quote a setting that is a secret, such as a header.
            cmdlet.WriteWarning("The export of traces cannot start (" + error.GetBaseException().GetType().Name + "). The command continues without it.");
            return null;
        }
    }
#endif
}
