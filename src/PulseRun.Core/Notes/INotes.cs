using System;
using System.Collections.Generic;

namespace PulseRun.Core.Notes;

/// <summary>Stores the notes of instances. They belong to the address of the service and the instance id, so a rotated key loses none.</summary>
internal interface INotes
{
    /// <summary>Returns all notes of a service by instance id, including those of instances that are gone.</summary>
    IReadOnlyDictionary<string, InstanceNote> All(string service);

    /// <summary>Changes the note of an instance in one transaction, and returns it. An instance without a note gets one.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: the name belongs to another living instance or to an open launch, or there would be too many tags. Nothing was changed.</exception>
    InstanceNote Change(string service, string id, NoteChange change, DateTimeOffset now);

    /// <summary>Moves a note to another instance, which must have none. Returns the note.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: there is no such note, or the other instance has one. Nothing was changed.</exception>
    InstanceNote Move(string service, string id, string toId, DateTimeOffset now);

    /// <summary>Records which instances a complete list contained: a note whose instance is missing is marked as gone, and one that is back loses the mark. Notes that have been gone for 90 days are deleted.</summary>
    void Seen(string service, IReadOnlyCollection<string> ids, DateTimeOffset now);
}
