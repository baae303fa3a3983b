using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace PulseRun.Core.Ssh;

/// <summary>Builds a command line that a Windows program parses back into the same arguments (CommandLineToArgvW). .NET Framework has no ArgumentList.</summary>
internal static class WindowsCommandLine
{
    public static string Join(IEnumerable<string> arguments) => string.Join(" ", arguments.Select(Quote).ToArray());

    public static string Quote(string argument)
    {
        if (argument.Length > 0 && argument.All(c => c is not ('"' or ' ' or '\t' or '\n' or '\v' or '\r')))
            return argument;
        var quoted = new StringBuilder(argument.Length + 2).Append('"');
        int backslashes = 0;
        foreach (char c in argument)
        {
            if (c == '\\')
            {
                backslashes++;
                continue;
            }
            // Backslashes are literal except before a quote: there each is doubled, and the quote gets one more.
            quoted.Append('\\', c == '"' ? (2 * backslashes) + 1 : backslashes).Append(c);
            backslashes = 0;
        }
        return quoted.Append('\\', 2 * backslashes).Append('"').ToString();
    }
}
