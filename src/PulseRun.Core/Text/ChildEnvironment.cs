using System.Collections.Generic;

namespace PulseRun.Core.Text;

/// <summary>The variables that the programs this module starts (ssh, the browser, secret-tool) do not inherit: each program that has the key can lose it.</summary>
internal static class ChildEnvironment
{
    public const string Key = "PULSERUN_API_KEY", KeyFile = "PULSERUN_API_KEY_FILE";

    /// <summary>Removes them from the environment of a program that is about to be started.</summary>
    public static void RemoveKeys(IDictionary<string, string?> environment)
    {
        environment.Remove(Key);
        environment.Remove(KeyFile);
    }
}
