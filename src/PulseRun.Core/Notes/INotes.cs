using System;
using System.Collections.Generic;

namespace PulseRun.Core.Notes;

/// <summary>Stores the notes of instances: name, tags, who launched them, lifetime and protection.</summary>
/// <remarks>
/// A note belongs to the address of the service and the instance id. A note of a launch is written by the launch journal (LaunchRecord.Note):
/// Begin writes it with the intent and refuses a name that is taken, MarkSent starts its lifetime, TryClaim and Close bind it to the instance, and Close as NotLaunched frees its name;
/// each in the transaction of the journal, so that a kill leaves no launch without its note.
/// Every method that writes returns when the data is on the disk, except <see cref="Seen"/>.
/// </remarks>
internal interface INotes
{
    /// <summary>Returns the notes of instances that are not known to be gone, by id.</summary>
    IReadOnlyDictionary<string, InstanceNote> Living(string service);

    /// <summary>Returns all notes that belong to an instance, including those of instances that have been gone for up to 90 days, in the order of their creation.</summary>
    IReadOnlyList<InstanceNote> All(string service);

    /// <summary>Returns the notes of open launches, which have no instance yet.</summary>
    IReadOnlyList<InstanceNote> Open(string service);

    /// <summary>Returns the note of an instance, also of one that is gone; null when there is none.</summary>
    InstanceNote? Get(string service, string id);

    /// <summary>Returns the note that holds a name: that of an instance not known to be gone, or of an open launch, whose Id is empty. Names are compared without case. Looks at the whole service, its own account first.</summary>
    InstanceNote? Named(NoteScope scope, string name);

    /// <summary>Changes the note of an instance, and returns it. An instance without a note gets one.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: the name belongs to another living instance or to an open launch of the account, or there would be too many tags. Nothing was changed.</exception>
    InstanceNote Change(NoteScope scope, string id, NoteChange change, DateTimeOffset now);

    /// <summary>Moves the note of an instance, usually one that is gone, to another instance, and returns it. A protection moves with it.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: there is no such note, or the other instance has a name, tags or a lifetime of its own. Nothing was changed.</exception>
    InstanceNote Move(NoteScope scope, string id, string toId, DateTimeOffset now);

    /// <summary>Records what a complete list showed: notes of the account whose instance it lacks are marked as gone, and those of instances that it has lose the mark. Writes only if something changed. Deletes notes that have been gone for 90 days.</summary>
    /// <param name="scope">The service and the account that was listed.</param>
    /// <param name="ids">The ids of all listed instances that have not ended.</param>
    /// <param name="requestedAt">The time at which the list was requested. A note that was bound to its instance less than a minute before stays, because the list may lack a new instance.</param>
    void Seen(NoteScope scope, IReadOnlyCollection<string> ids, DateTimeOffset requestedAt);

    /// <summary>Records that an instance was removed from here. Its name is free, and the note is kept for 90 days. Does nothing for an instance without a note.</summary>
    void MarkRemoved(NoteScope scope, string id, DateTimeOffset now);

    /// <summary>Claims the one warning before the end of a lifetime. Returns false when it was sent for this end, or another process is sending it.</summary>
    /// <param name="scope">The service and the account.</param>
    /// <param name="id">The instance.</param>
    /// <param name="expiresAt">The end that the warning is about. Another end has a warning of its own.</param>
    /// <param name="validFor">The time for which the claim holds; it also ends with the process.</param>
    bool TryClaimWarning(NoteScope scope, string id, DateTimeOffset expiresAt, TimeSpan validFor);

    /// <summary>Ends the claim of <see cref="TryClaimWarning"/>: the warning was sent, or was not.</summary>
    void EndWarning(NoteScope scope, string id, DateTimeOffset expiresAt, bool wasSent);

    /// <summary>Protects an instance, or changes the reason and the end of its protection. It holds for the id under every account of this user, because one fleet may be reached with several keys and addresses.</summary>
    Protection Protect(NoteScope scope, string id, string? reason, DateTimeOffset? until, DateTimeOffset now);

    /// <summary>Ends a protection, whichever account created it. Returns false when there is none.</summary>
    bool Unprotect(string id);

    /// <summary>Returns the protections in effect, by id, whichever account created them.</summary>
    IReadOnlyDictionary<string, Protection> Protections(DateTimeOffset now);
}
