using System.Collections.Generic;
using System.Globalization;

namespace PulseRun.Ssh;

/// <summary>Where to ssh to. Made by <see cref="SshCommandLine"/> only, so that each part is known to be harmless.</summary>
/// <param name="User">A user name: letters, digits and <c>_ . -</c>, no hyphen first.</param>
/// <param name="Host">A name, an IPv4 address, or an IPv6 address without brackets.</param>
/// <param name="Port">Null for ssh's own default.</param>
internal sealed record SshTarget(string User, string Host, int? Port)
{
    /// <summary>The arguments that name the target, for a process started without a shell. Own options go before them, a remote command after them.</summary>
    public IReadOnlyList<string> ToArguments()
    {
        var arguments = new List<string>();
        if (Port is { } port)
        {
            arguments.Add("-p");
            arguments.Add(port.ToString(CultureInfo.InvariantCulture));
        }

        // Neither part can be taken for an option; the end of the options says so once more.
        arguments.AddRange(["-l", User, "--", Host]);
        return arguments;
    }
}
