using System;
using System.IO;
using System.Runtime.InteropServices;

namespace PulseRun.Store.Files;

/// <summary>Returns the folders of this module: profiles are in the platform's folder for settings, the database is in its folder for state.</summary>
internal static class StorePaths
{
    public const string Override = "PULSERUN_DATA_DIR";

    public static bool IsWindows { get; } = RuntimeInformation.IsOSPlatform(OSPlatform.Windows);

    public static string Config() =>
        Overridden() ?? (IsWindows
            ? Path.Combine(Known(Environment.SpecialFolder.ApplicationData), "PulseRun")
            : Path.Combine(Xdg("XDG_CONFIG_HOME") ?? Path.Combine(Known(Environment.SpecialFolder.UserProfile), ".config"), "pulserun"));

    public static string State() =>
        Overridden() ?? (IsWindows
            ? Path.Combine(Known(Environment.SpecialFolder.LocalApplicationData), "PulseRun")
            : Path.Combine(Xdg("XDG_STATE_HOME") ?? Path.Combine(Known(Environment.SpecialFolder.UserProfile), ".local", "state"), "pulserun"));

    private static string? Overridden()
    {
        string? path = Environment.GetEnvironmentVariable(Override);
        return string.IsNullOrWhiteSpace(path) ? null : Path.GetFullPath(path);
    }

    /// <summary>Returns the value of an XDG variable; null when it is not set or is a relative path, which the XDG specification says to ignore.</summary>
    private static string? Xdg(string variable)
    {
        string? path = Environment.GetEnvironmentVariable(variable);
        return !string.IsNullOrEmpty(path) && path![0] == '/' ? path : null;
    }

    private static string Known(Environment.SpecialFolder folder)
    {
        string path = Environment.GetFolderPath(folder, Environment.SpecialFolderOption.DoNotVerify);
        return path.Length > 0
            ? path
            : throw new StoreUnavailableException(StoreFailure.Unwritable, "There is no folder for the store, because this user has no home folder. Set " + Override + " to a folder.");
    }
}
