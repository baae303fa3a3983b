using System.Collections.Generic;
using System.Linq;

namespace PulseRun.PowerShell.Pipeline;

/// <summary>Which acts were sent and are not answered yet: what a user who stops midway must be told.</summary>
internal sealed class PendingActs
{
    private readonly HashSet<string> _sent = [];
    private readonly List<string> _order = [];

    public void Sent(string id)
    {
        lock (_sent)
        {
            if (_sent.Add(id))
                _order.Add(id);
        }
    }

    /// <summary>The act's outcome is known.</summary>
    public void Answered(string id)
    {
        lock (_sent)
        {
            if (_sent.Remove(id))
                _order.Remove(id);
        }
    }

    /// <summary>Takes what is open, in the order of sending.</summary>
    public IReadOnlyList<string> TakeAll()
    {
        lock (_sent)
        {
            string[] open = [.. _order];
            _sent.Clear();
            _order.Clear();
            return open;
        }
    }

    public static string Describe(string verb, IEnumerable<string> ids) =>
        "Ended before every answer came: " + verb + " was sent and is not confirmed for " + string.Join(", ", ids.ToArray())
        + ". Look with Get-PRInstance.";
}
