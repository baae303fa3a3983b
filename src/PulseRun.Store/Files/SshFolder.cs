using System;
using System.IO;
using PulseRun.Contracts;

namespace PulseRun.Store.Files;

/// <summary>Where the host keys of instances are kept, and ssh's log while a command runs: its owner's alone.</summary>
internal static class SshFolder
{
    private const string Name = "ssh";

    public static string Make(string directory)
    {
        string path = Path.Combine(directory, Name);
        try
        {
            PrivateFiles.CreateDirectory(directory);
            PrivateFiles.CreateDirectory(path);
            return path;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException(StoreFailure.Unwritable, "The folder '" + path + "' cannot be made: " + error.Message, error);
        }
    }
}
