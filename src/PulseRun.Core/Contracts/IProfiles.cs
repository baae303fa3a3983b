using System.Collections.Generic;

namespace PulseRun.Contracts;

/// <summary>Connections saved by name. Names are compared without regard to case.</summary>
/// <remarks>Throws <see cref="StoreUnavailableException"/> when the file cannot be used, or when others may read it.</remarks>
internal interface IProfiles
{
    /// <summary>Adds the profile, or replaces the one of its name.</summary>
    void Save(SavedProfile profile);

    /// <summary>The profile of this name; without one, the profile named <see cref="SavedProfile.DefaultName"/>, or else the only one there is. Null when there is none.</summary>
    /// <exception cref="PulseRunException">No name is given, and there are several of which none is the default.</exception>
    SavedProfile? Load(string? name);

    /// <summary>All names, sorted.</summary>
    IReadOnlyList<string> Names();

    /// <summary>Forgets a profile; false when there is none of this name.</summary>
    bool Remove(string name);
}
