using System;
using System.Globalization;
using PulseRun.Core.Text;

namespace PulseRun.Core.Copy;

/// <summary>Represents what a script of <see cref="CopyScripts"/> reported.</summary>
/// <param name="Code">The exit code of tar; 0 for a script without tar.</param>
/// <param name="Sha256">The hash of the stream, in lowercase; null for a script without one.</param>
/// <param name="IsGnu">True when tar is GNU tar.</param>
internal sealed record CopyStatus(int Code, string? Sha256, bool IsGnu)
{
    /// <summary>Returns the status in a line, without the word at its start.</summary>
    /// <param name="line">The text after the word.</param>
    /// <param name="instanceId">The instance, for messages.</param>
    /// <param name="path">The path on the instance, for messages.</param>
    /// <param name="said">The text that the programs wrote on standard error.</param>
    /// <exception cref="PulseRunException">CopyFailed, or Conflict if the target exists: the script could not do its work.</exception>
    public static CopyStatus Parse(string? line, string instanceId, string path, string said)
    {
        string shown = "'" + CleanText.Clean(path, 200) + "' on '" + instanceId + "'";
        string why = said.Length > 0 ? " It says: " + CleanText.Clean(said, 300) : "";
        if (line is null)
            throw Failed("The copy of " + shown + " did not end." + why);
        if (line.StartsWith("fail ", StringComparison.Ordinal))
        {
            string reason = line.Substring(5);
            throw reason switch
            {
                "nosource" => Failed(shown + " does not exist."),
                "isfolder" => Failed(shown + " is a folder. Use -Recurse to copy it."),
                "isfile" => Failed(shown + " is a file, and the copy is a folder."),
                "unreadable" => Failed(shown + " cannot be read by this user."),
                "exists" => new PulseRunException(ErrorIds.Conflict, shown + " exists already. Nothing was changed.") { Advice = "Use -Force to replace files that exist, or -Update to copy what is newer or has another size." },
                "temp" => Failed("'" + instanceId + "' has no room for temporary files." + why),
                "nofolder" => Failed("The folder for " + shown + " cannot be created." + why),
                "list" => Failed(shown + " cannot be listed, which -Update needs." + why),
                "nostage" => Failed("The archive for " + shown + " arrived incomplete."),
                "rename" => Failed("The copy arrived, and cannot be renamed to " + shown + "." + why),
                _ when reason.StartsWith("missing ", StringComparison.Ordinal) =>
                    Failed("'" + instanceId + "' has no program '" + CleanText.Clean(reason.Substring(8), 40) + "', which a copy needs. Nothing was copied."),
                _ => Failed("The copy of " + shown + " failed." + why),
            };
        }
        string[] words = line.Split(' ');
        if (words[0] != "done")
            throw Failed("The copy of " + shown + " failed." + why);
        if (words.Length < 4)
            return new CopyStatus(0, null, false);
        string hash = words[2].ToLowerInvariant();
        return int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int code) && hash.Length == 64
            ? new CopyStatus(code, hash, words[3] == "1")
            : throw Failed("The copy of " + shown + " failed." + why);
    }

    private static PulseRunException Failed(string message) => new(ErrorIds.CopyFailed, message);
}
