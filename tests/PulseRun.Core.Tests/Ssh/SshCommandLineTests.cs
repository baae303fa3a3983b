using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Ssh;
using Xunit;

namespace PulseRun.Core.Tests.Ssh;

public class SshCommandLineTests
{
    [Theory]
    [InlineData("ssh root@203.0.113.7", "root", "203.0.113.7", null)]
    [InlineData("ssh root@203.0.113.7 -p 22022", "root", "203.0.113.7", 22022)]
    [InlineData("ssh -p 22022 root@203.0.113.7", "root", "203.0.113.7", 22022)]
    [InlineData("ssh -l root 203.0.113.7", "root", "203.0.113.7", null)]
    [InlineData("ssh -p 1 -l root 203.0.113.7", "root", "203.0.113.7", 1)]
    [InlineData("ssh -l root 203.0.113.7 -p 65535", "root", "203.0.113.7", 65535)]
    [InlineData("ssh ubuntu@gpu-1.example.com", "ubuntu", "gpu-1.example.com", null)]
    [InlineData("ssh _svc.user-1@localhost -p 2222", "_svc.user-1", "localhost", 2222)]
    [InlineData("ssh pod1-64410f1a@ssh.runpod.io", "pod1-64410f1a", "ssh.runpod.io", null)]
    [InlineData("ssh root@[2001:db8::1] -p 22", "root", "2001:db8::1", 22)]
    [InlineData("ssh -l root [::1]", "root", "::1", null)]
    [InlineData("ssh root@[::ffff:192.0.2.1]", "root", "::ffff:192.0.2.1", null)]
    [InlineData("ssh root@1and1.de", "root", "1and1.de", null)]
    [InlineData("ssh root@4090-box", "root", "4090-box", null)]
    [InlineData("ssh root@0.0.0.0", "root", "0.0.0.0", null)]
    public void TryParse_PlainCommand_GivesTarget(string command, string user, string host, int? port) =>
        Assert.Equal(new SshTarget(user, host, port), SshCommandLine.TryParse(command));

    [Fact]
    public void ToArguments_NamesTheTargetAndEndsTheOptions()
    {
        Assert.Equal(["-p", "22022", "-l", "root", "--", "203.0.113.7"], new SshTarget("root", "203.0.113.7", 22022).ToArguments());
        Assert.Equal(["-l", "root", "--", "::1"], new SshTarget("root", "::1", null).ToArguments());
    }

    private static readonly string[] s_hostile =
    [
        "", " ", "ssh", "ssh ", "SSH root@h", "Ssh root@h", "sshroot@h", "ssh\troot@h", "ssh  root@h", " ssh root@h", "ssh root@h ", "ssh root@h\n", "ssh root@h\r\n", "\nssh root@h", "ssh\nroot@h",
        "ssh root@h\0", "ssh root@h -p", "ssh root@h -p ", "ssh root@h -p  22", "ssh root@h  -p 22", "ssh root@h -p22", "ssh -p22 root@h", "ssh root@h:22", "ssh ssh://root@h", "ssh ssh://root@h:22", "scp root@h", "sudo ssh root@h", "/usr/bin/ssh root@h", "ssh.exe root@h", "./ssh root@h", "ssh\\ root@h",
        "ssh root@h -p 0", "ssh root@h -p 65536", "ssh root@h -p 99999", "ssh root@h -p 100000", "ssh root@h -p -1", "ssh root@h -p +22", "ssh root@h -p 022", "ssh root@h -p 2 2", "ssh root@h -p 22.0", "ssh root@h -p 0x16", "ssh root@h -p ٢٢", "ssh root@h -p 22\n", "ssh root@h -p twenty", "ssh root@h -p $PORT", "ssh root@h -p 22;id", "ssh root@h -p 1e3", "ssh root@h -p ４４",
        "ssh -p 22 root@h -p 22", "ssh -p 22 -p 23 root@h", "ssh root@h -p 22 -p 23", "ssh -p root@h", "ssh -p 22", "ssh -p -l root", "ssh -l root", "ssh -l", "ssh -l root root@h", "ssh -l root -p 22 h", "ssh -lroot h", "ssh -l -p h", "ssh h -l root", "ssh h", "ssh root h", "ssh -P 22 root@h", "ssh --port 22 root@h",
        "ssh -oProxyCommand=id root@h", "ssh -o ProxyCommand=id root@h", "ssh root@h -oProxyCommand=id", "ssh root@h -o ProxyCommand=id", "ssh -p 22 root@h -oProxyCommand=id", "ssh -i key root@h", "ssh root@h -i key", "ssh -F /tmp/x root@h", "ssh -J a@b root@h", "ssh -W a:1 root@h", "ssh -L 1:a:2 root@h", "ssh -R 1:a:2 root@h", "ssh -D 1 root@h", "ssh -A root@h", "ssh -X root@h", "ssh -v root@h", "ssh -t root@h", "ssh -N root@h", "ssh -- root@h", "ssh -- -l root h", "ssh root@h --", "ssh root@h id", "ssh root@h -p 22 id", "ssh root@h 'id'", "ssh root@h \"id\"",
        "ssh @h", "ssh root@", "ssh @", "ssh @@", "ssh root@@h", "ssh root@a@h", "ssh root@h@", "ssh -oProxyCommand=id@h", "ssh -root@h", "ssh --@h", "ssh -l -root h", "ssh -l -oProxyCommand=id h", "ssh root@-h", "ssh root@-oProxyCommand=id", "ssh -l root -h", "ssh -l root -oProxyCommand=id", "ssh -l root --", "ssh .root@h", "ssh ro ot@h", "ssh ro$t@h", "ssh $(id)@h", "ssh `id`@h", "ssh root;id@h", "ssh root|id@h", "ssh root&@h", "ssh 'root'@h", "ssh \"root\"@h", "ssh ro\\ot@h", "ssh r/oot@h", "ssh r*t@h", "ssh r%t@h", "ssh r:pw@h", "ssh rööt@h", "ssh rооt@h", "ssh root\u200b@h", "ssh root\u202e@h", "ssh ~root@h", "ssh #root@h", "ssh !root@h", "ssh root$@h", "ssh DOMAIN\\root@h",
        "ssh root@h;id", "ssh root@h&id", "ssh root@h|id", "ssh root@h>x", "ssh root@h<x", "ssh root@$(id)", "ssh root@`id`", "ssh root@${HOST}", "ssh root@%h", "ssh root@%COMSPEC%", "ssh root@h!", "ssh root@h#", "ssh root@h?", "ssh root@*", "ssh root@h*", "ssh root@~", "ssh root@h/x", "ssh root@h\\x", "ssh root@'h'", "ssh root@\"h\"", "ssh root@(h)", "ssh root@{h}", "ssh root@h,g", "ssh root@h=g", "ssh root@h+g", "ssh root@h^g", "ssh root@h_g", "ssh root@höst", "ssh root@hоst", "ssh root@例え", "ssh root@h\u00a0", "ssh root@h\u2028", "ssh root@h\u001b[2J", "ssh root@h\ufeff", "\ufeffssh root@h", "ssh\u00a0root@h", "ssh\u3000root@h",
        "ssh root@.", "ssh root@..", "ssh root@.h", "ssh root@h.", "ssh root@a..b", "ssh root@-a.b", "ssh root@a-.b", "ssh root@a.-b", "ssh root@a.b-", "ssh root@1", "ssh root@1.2", "ssh root@1.2.3", "ssh root@1.2.3.4.5", "ssh root@1.2.3.256", "ssh root@01.2.3.4", "ssh root@1.2.3.04", "ssh root@1.2.3.0004", "ssh root@2130706433", "ssh root@0x7f000001", "ssh root@0x7f.0.0.1", "ssh root@127.1", "ssh root@127.0x1", "ssh root@a.0x", "ssh root@a.1", "ssh root@0177.0.0.1", "ssh root@1.2.3.-4", "ssh root@1.2.3.+4", "ssh root@١.٢.٣.٤",
        "ssh root@::1", "ssh root@[]", "ssh root@[", "ssh root@]", "ssh root@[::1", "ssh root@::1]", "ssh root@[[::1]]", "ssh root@[::1]:22", "ssh root@[::1]x", "ssh root@x[::1]", "ssh root@[::1%eth0]", "ssh root@[fe80::1%25eth0]", "ssh root@[1.2.3.4]", "ssh root@[h]", "ssh root@[::g]", "ssh root@[1::2::3]", "ssh root@[:]", "ssh root@[:::]", "ssh root@[1:2:3:4:5:6:7]", "ssh root@[1:2:3:4:5:6:7:8:9]", "ssh root@[12345::1]", "ssh root@[::1/64]", "ssh root@[::1\n]", "ssh root@[::256.1.1.1]", "ssh root@[-oProxyCommand=id]", "ssh root@[::1 ]",
        "Ask your provider", "<html>", "null", "ssh root@h && curl x|sh", "ssh root@h; rm -rf ~", "ssh root@h\nssh root@g", "powershell -c id", "cmd /c ssh root@h",
    ];

    [Fact]
    public void TryParse_Hostile_IsRefused()
    {
        var hostile = new HashSet<string>(s_hostile, StringComparer.Ordinal)
        {
            "ssh " + new string('a', 65) + "@h",
            "ssh root@" + new string('a', 64),
            "ssh root@" + string.Join(".", Enumerable.Repeat(new string('a', 60), 5)),
            "ssh root@h" + new string(' ', 1000),
            new string('x', 100_000),
        };

        // Insert every character that is not a letter, a digit or part of the grammar, at every position.
        foreach (char c in Enumerable.Range(1, 0x7e).Select(code => (char)code).Where(c => !char.IsLetterOrDigit(c) && c is not ('-' or '.' or '_')))
        {
            foreach (string command in new[] { "ssh ro{0}ot@host -p 22", "ssh root@ho{0}st -p 22", "ssh root@host -p 2{0}2", "ssh root@host -p 22{0}", "{0}ssh root@host", "ssh -l {0} host", "ssh -l root {0}" })
                hostile.Add(command.Replace("{0}", c.ToString()));
        }

        Assert.True(hostile.Count >= 400, "only " + hostile.Count);
        Assert.DoesNotContain(hostile, command => SshCommandLine.TryParse(command) is not null);
        Assert.Null(SshCommandLine.TryParse(null));
    }

    /// <summary>An accepted command can be rebuilt from its parts, so nothing was dropped or guessed.</summary>
    [Fact]
    public void TryParse_RandomWords_GivesOnlyHarmlessParts()
    {
        string[] words = ["ssh", "-p", "-l", "root", "root@h", "22", "h", "-o", "root@[::1]", "", "-", "--", "a.b", "@", "root@1.2.3.4"];
        var random = new Random(6);
        int taken = 0;
        for (int run = 0; run < 200_000; run++)
        {
            string command = "ssh " + string.Join(" ", Enumerable.Range(0, random.Next(1, 6)).Select(_ => words[random.Next(words.Length)]));
            if (SshCommandLine.TryParse(command) is not { } target)
                continue;
            taken++;
            Assert.Matches("^[A-Za-z0-9_][A-Za-z0-9._-]*$", target.User);
            Assert.Matches("^[A-Za-z0-9:][A-Za-z0-9.:-]*$", target.Host);
            string port = target.Port is { } number ? " -p " + number : "";
            string[] forms = [target.User + "@" + target.Host, target.User + "@[" + target.Host + "]", "-l " + target.User + " " + target.Host, "-l " + target.User + " [" + target.Host + "]"];
            Assert.Contains(command, forms.SelectMany(form => new[] { "ssh " + form + port, "ssh" + port + " " + form }));
        }
        Assert.InRange(taken, 1000, 100_000);
    }

    [Fact]
    public void Parse_Refused_NamesTheInstanceAndCleansTheText()
    {
        var error = Assert.Throws<PulseRunException>(() => SshCommandLine.Parse("ssh root@h; \u001b[2Jid", "inst_1"));
        Assert.Equal(ErrorIds.InvalidSshCommand, error.ErrorId);
        Assert.Contains("inst_1", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', error.Message);
        Assert.Equal(ErrorIds.InvalidSshCommand, Assert.Throws<PulseRunException>(() => SshCommandLine.Parse(null, "inst_1")).ErrorId);
        Assert.Equal("h", SshCommandLine.Parse("ssh root@h", "inst_1").Host);
    }
}
