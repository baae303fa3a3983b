using System.Linq;

namespace PulseRun.Core.Ssh;

/// <summary>Writes text for the shell of an instance, so that it is one word and nothing in it is interpreted.</summary>
internal static class ShellText
{
    /// <summary>Returns a text in single quotes.</summary>
    public static string Quote(string text) => "'" + text.Replace("'", "'\\''") + "'";

    /// <summary>Returns a command that runs a script with the plain shell, whatever the login shell of the user is.</summary>
    /// <param name="script">The script, which reads its arguments as $1 and so on.</param>
    /// <param name="arguments">The arguments.</param>
    public static string Run(string script, params string[] arguments)
    {
        if (arguments.Any(static one => one.Any(static c => c == '\0')))
            throw new PulseRunException(ErrorIds.InvalidRequest, "A path or a command contains a null character. Nothing was run.");
        return "exec sh -c " + Quote(script.Replace("\r", "")) + " sh" + string.Concat(arguments.Select(static one => " " + Quote(one)));
    }
}
