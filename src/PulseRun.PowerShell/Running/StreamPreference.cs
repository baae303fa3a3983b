using System;
using System.Management.Automation;

namespace PulseRun.PowerShell.Running;

/// <summary>Determines whether a stream of a cmdlet is shown.</summary>
internal static class StreamPreference
{
    /// <summary>Returns true when the stream is shown: by its switch if that was passed, otherwise by its preference variable. Call it on the pipeline thread.</summary>
    /// <param name="cmdlet">The cmdlet.</param>
    /// <param name="stream">The name of the stream: Verbose, Debug or Progress.</param>
    public static bool IsOn(PSCmdlet cmdlet, string stream)
    {
        if (cmdlet.MyInvocation.BoundParameters.TryGetValue(stream, out object? bound) && bound is SwitchParameter on)
            return on;
        object? preference = cmdlet.SessionState.PSVariable.GetValue(stream + "Preference");
        return preference is not null
            && !string.Equals(preference.ToString(), nameof(ActionPreference.SilentlyContinue), StringComparison.OrdinalIgnoreCase)
            && !string.Equals(preference.ToString(), nameof(ActionPreference.Ignore), StringComparison.OrdinalIgnoreCase);
    }
}
