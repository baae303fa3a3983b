using System.Collections.Generic;

namespace PulseRun.Core.Client;

/// <summary>Receives the instances that the answers of one account describe. Called from any thread; must not throw.</summary>
internal interface IInstanceObserver
{
    /// <summary>The ids that are known now. An instance among them is older than a launch that is yet to be sent.</summary>
    IReadOnlyList<string> Ids { get; }

    /// <summary>Receives one instance as an answer described it.</summary>
    void Note(Instance instance);

    /// <summary>Begins to receive a list.</summary>
    /// <param name="isOfAll">True when all instances are asked for.</param>
    IListObserver BeginList(bool isOfAll);
}

/// <summary>Receives one list. A list that was cut, filtered or given up only adds to what is known.</summary>
internal interface IListObserver
{
    /// <summary>Receives rows as they arrive.</summary>
    void Take(IReadOnlyList<Instance> rows);

    /// <summary>Ends the list.</summary>
    /// <param name="isComplete">True when the list came to its end: then instances that are not in it are gone.</param>
    void End(bool isComplete);
}
