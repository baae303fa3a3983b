using System.Collections.Generic;
using System.Linq;

namespace PulseRun.PowerShell.Pipeline;

/// <summary>Which acts were sent and are not answered yet: what a user who stops midway must be told.</summary>
/// <remarks>Kept by item, not by name: two equal launches have one name and are two acts.</remarks>
internal sealed class PendingActs
{
    private readonly HashSet<ItemObserver> _sent = [];
    private readonly List<ItemObserver> _order = [];

    public void Sent(ItemObserver item)
    {
        lock (_sent)
        {
            if (_sent.Add(item))
                _order.Add(item);
        }
    }

    /// <summary>The act's outcome is known.</summary>
    public void Answered(ItemObserver item)
    {
        lock (_sent)
        {
            if (_sent.Remove(item))
                _order.Remove(item);
        }
    }

    /// <summary>Takes what is open, in the order of sending, as the user is to be told of it.</summary>
    public IReadOnlyList<string> TakeAll()
    {
        lock (_sent)
        {
            string[] open = _order.Select(static item => item.Label).ToArray();
            _sent.Clear();
            _order.Clear();
            return open;
        }
    }

    /// <param name="verb">What was sent.</param>
    /// <param name="labels">For what.</param>
    /// <param name="advice">How to find out what became of it, as a sentence.</param>
    public static string Describe(string verb, IEnumerable<string> labels, string advice) =>
        "Ended before every answer came: " + verb + " was sent and is not confirmed for " + string.Join("; ", labels.ToArray()) + ". " + advice;
}
