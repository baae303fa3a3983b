using System.Collections.Generic;
using System.Linq;

namespace PulseRun.PowerShell.Pipeline;

/// <summary>Which acts were sent and are not answered yet: what a user who stops midway must be told.</summary>
internal sealed class PendingActs
{
    // By item and not by label: two equal launches are two.
    private readonly List<ItemObserver> _sent = [];

    public void Sent(ItemObserver item)
    {
        lock (_sent)
        {
            if (!_sent.Contains(item))
                _sent.Add(item);
        }
    }

    /// <summary>The act's outcome is known.</summary>
    public void Answered(ItemObserver item)
    {
        lock (_sent)
            _sent.Remove(item);
    }

    /// <summary>Takes what is open, in the order of sending.</summary>
    public IReadOnlyList<string> TakeAll()
    {
        lock (_sent)
        {
            string[] open = _sent.Select(static item => item.Label).ToArray();
            _sent.Clear();
            return open;
        }
    }

    /// <param name="verb">What was sent.</param>
    /// <param name="labels">For what.</param>
    /// <param name="advice">How to find out what became of it, as a sentence.</param>
    public static string Describe(string verb, IEnumerable<string> labels, string advice) =>
        "Ended before every answer came: " + verb + " was sent and is not confirmed for "
        + string.Join("; ", labels.GroupBy(static label => label).Select(static same => same.Count() == 1 ? same.Key : same.Key + " (" + same.Count() + " times)").ToArray())
        + ". " + advice;
}
