using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using PulseRun.Core.Ssh;
using Xunit;

namespace PulseRun.Core.Tests.Ssh;

public class WindowsCommandLineTests
{
    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("a", "a")]
    [InlineData("-oX=y", "-oX=y")]
    [InlineData("a b", "\"a b\"")]
    [InlineData("a\tb", "\"a\tb\"")]
    [InlineData("a\nb", "\"a\nb\"")]
    [InlineData("a\"b", "\"a\\\"b\"")]
    [InlineData("\"", "\"\\\"\"")]
    [InlineData("\"\"", "\"\\\"\\\"\"")]
    [InlineData("a\\b", "a\\b")]
    [InlineData("a\\", "a\\")]
    [InlineData("a b\\", "\"a b\\\\\"")]
    [InlineData("a b\\\\", "\"a b\\\\\\\\\"")]
    [InlineData("a\\\"b", "\"a\\\\\\\"b\"")]
    [InlineData("a\\\\\"b", "\"a\\\\\\\\\\\"b\"")]
    [InlineData("\\\\a b\\c", "\"\\\\a b\\c\"")]
    [InlineData("a&b|c>d%e%^f", "a&b|c>d%e%^f")]
    [InlineData("echo 'x y' $(id)", "\"echo 'x y' $(id)\"")]
    public void Quote_FollowsTheRules(string argument, string quoted)
    {
        Assert.Equal(quoted, WindowsCommandLine.Quote(argument));
        Assert.Equal([argument], Read(quoted));
    }

    [Fact]
    public void Join_RandomArguments_AreReadBack()
    {
        const string alphabet = "ab \\\"\t'-$%;\n";
        var random = new Random(5);
        for (int run = 0; run < 20_000; run++)
        {
            string[] arguments = Enumerable.Range(0, random.Next(1, 5)).Select(_ => new string(Enumerable.Range(0, random.Next(0, 8)).Select(_ => alphabet[random.Next(alphabet.Length)]).ToArray())).ToArray();
            Assert.Equal(arguments, Read(WindowsCommandLine.Join(arguments)));
        }
    }

    /// <summary>Parses a command line as Microsoft documents it for CommandLineToArgvW: 2n backslashes and a quote are n backslashes and a quotation mark, 2n+1 are n backslashes and a literal quote, other backslashes are literal.</summary>
    private static List<string> Read(string line)
    {
        var arguments = new List<string>();
        int i = 0;
        while (i < line.Length)
        {
            if (line[i] is ' ' or '\t')
            {
                i++;
                continue;
            }
            var argument = new StringBuilder();
            bool isQuoted = false;
            while (i < line.Length && (isQuoted || line[i] is not (' ' or '\t')))
            {
                int backslashes = 0;
                while (i < line.Length && line[i] == '\\')
                {
                    backslashes++;
                    i++;
                }
                if (i < line.Length && line[i] == '"')
                {
                    argument.Append('\\', backslashes / 2);
                    if (backslashes % 2 == 1)
                        argument.Append('"');
                    else
                        isQuoted = !isQuoted;
                    i++;
                }
                else
                {
                    argument.Append('\\', backslashes);
                    if (backslashes == 0)
                        argument.Append(line[i++]);
                }
            }
            arguments.Add(argument.ToString());
        }
        return arguments;
    }
}
