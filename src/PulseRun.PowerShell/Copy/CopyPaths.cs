using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using PulseRun.Core.Text;

namespace PulseRun.PowerShell.Copy;

/// <summary>Checks the paths of a copy before anything is sent.</summary>
internal static class CopyPaths
{
    /// <summary>Returns the local files and folders that paths name. A path that exists is taken as it is; else it may contain wildcards.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: nothing has this name, or two items have the same name.</exception>
    public static IReadOnlyList<PackItem> Local(IEnumerable<string> paths, SessionState session, bool recurse)
    {
        var items = new List<PackItem>();
        foreach (string path in paths)
        {
            string plain = session.Path.GetUnresolvedProviderPathFromPSPath(path);
            foreach (string full in LocalFiles.Exists(plain) ? [plain] : Matches(path, session))
            {
                string trimmed = full.TrimEnd(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);
                string name = Path.GetFileName(trimmed);
                if (name.Length == 0)
                    throw Wrong("Path", path, "is the root of a drive");
                if (!recurse && Directory.Exists(full))
                    throw Wrong("Path", path, "is a folder. Use -Recurse to copy it");
                if (items.Exists(item => item.Name == name))
                    throw Wrong("Path", path, "has the same name as another item");
                items.Add(new PackItem(trimmed, name));
            }
        }
        return items;
    }

    /// <summary>Returns a path on an instance without slashes at its end. A trailing slash of a destination is kept, because it says that the destination is a folder.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: it is empty or contains a null character.</exception>
    public static string Remote(string path, string parameter, bool isDestination)
    {
        if (string.IsNullOrWhiteSpace(path) || path.Any(static c => c == '\0'))
            throw Wrong(parameter, path, "is no path on an instance");
        string trimmed = path.TrimEnd('/');
        if (trimmed.Length == 0)
            return isDestination ? "/" : throw Wrong(parameter, path, "is the whole disk");
        return isDestination && trimmed.Length < path.Length ? trimmed + "/" : trimmed;
    }

    /// <summary>Returns the final local path of something from an instance: in the destination if that is a folder, ends with a slash or takes several items; else the destination itself.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: the name on the instance is no name here.</exception>
    public static string Final(string destination, string path, bool isOneOfMany)
    {
        bool isFolder = isOneOfMany || Directory.Exists(destination) || destination[destination.Length - 1] == '/' || destination[destination.Length - 1] == Path.DirectorySeparatorChar;
        if (!isFolder)
            return destination;
        string name = path.Substring(path.LastIndexOf('/') + 1);
        if (name is "" or "." or ".." or "~" || Core.Copy.EntryPath.Parse(name, LocalFiles.IsWindows).Count != 1)
            throw Wrong("Path", path, "has no name for a file here. Give the whole destination");
        return Path.Combine(destination, name);
    }

    private static string[] Matches(string path, SessionState session)
    {
        try
        {
            string[] found = [.. session.Path.GetResolvedProviderPathFromPSPath(path, out ProviderInfo provider)];
            return found.Length > 0 && provider.Name == "FileSystem" ? found : throw Wrong("Path", path, "does not exist");
        }
        catch (Exception error) when (error is ItemNotFoundException or System.Management.Automation.DriveNotFoundException or WildcardPatternException)
        {
            throw Wrong("Path", path, "does not exist");
        }
    }

    private static PulseRunException Wrong(string parameter, string path, string why) =>
        new(ErrorIds.InvalidRequest, parameter + ": '" + CleanText.Clean(path, 300) + "' " + why + ". Nothing was copied.") { Field = parameter };
}
