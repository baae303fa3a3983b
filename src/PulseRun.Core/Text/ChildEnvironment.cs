using System.Collections.Generic;

namespace PulseRun.Core.Text;

/// <summary>Removes the variables with secrets from the environment of programs that this module starts (ssh, the browser, secret-tool), so that they cannot leak it.</summary>
internal static class ChildEnvironment
{
    public const string Key = "PULSERUN_API_KEY", KeyFile = "PULSERUN_API_KEY_FILE", NotifyUri = "PULSERUN_NOTIFY_URI";

    /// <summary>Removes the variables from the environment of a program to start.</summary>
    public static void RemoveKeys(IDictionary<string, string?> environment)
    {
        environment.Remove(Key);
        environment.Remove(KeyFile);
        environment.Remove(NotifyUri);
    }
}
