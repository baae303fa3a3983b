using System.Management.Automation;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Resolves paths of files to write or read.</summary>
internal static class FilePaths
{
    /// <summary>Returns the full path of a file.</summary>
    /// <param name="session">The session, for its location and its drives.</param>
    /// <param name="path">The path as the user gave it.</param>
    /// <param name="field">The name of the parameter, for the error.</param>
    /// <exception cref="PulseRunException">InvalidRequest: the path is not in the file system.</exception>
    public static string Of(SessionState session, string path, string field)
    {
        string full = session.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
        return provider.Name == "FileSystem" ? full
            : throw new PulseRunException(ErrorIds.InvalidRequest, field + ": '" + path + "' is not in the file system. Pass the path of a file.") { Field = field };
    }
}
