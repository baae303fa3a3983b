using System;
using System.Collections.Generic;
using System.Management.Automation;
using PulseRun.Core.Text;

namespace PulseRun.PowerShell.Ssh;

/// <summary>The files that a command writes the output of instances to. Two instances never share one.</summary>
internal sealed class OutputFiles
{
    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Returns the file for the output of an instance.</summary>
    /// <param name="id">The id of the instance.</param>
    /// <param name="pattern">The value of -OutFile, in which {Id} stands for the id.</param>
    /// <param name="session">Resolves the path.</param>
    /// <exception cref="PulseRunException">InvalidRequest: another instance has the file.</exception>
    public string For(string id, string pattern, SessionState session)
    {
        // A colon is allowed in an id and not in the name of a file on Windows.
        string file = session.Path.GetUnresolvedProviderPathFromPSPath(pattern.Replace("{Id}", id.Replace(':', '_')));
        return _taken.Add(file)
            ? file
            : throw new PulseRunException(ErrorIds.InvalidRequest, "OutFile: '" + CleanText.Clean(file, 300) + "' gets the output of another instance. Use {Id} in the name, for example 'out-{Id}.txt'. Nothing was run on '" + id + "'.") { Field = "OutFile" };
    }
}
