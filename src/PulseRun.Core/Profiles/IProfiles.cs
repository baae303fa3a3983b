using System.Collections.Generic;
using PulseRun.Core.Client;

namespace PulseRun.Core.Profiles;

/// <summary>Connections saved by name. Names are compared without regard to case.</summary>
/// <remarks>Throws <see cref="StoreUnavailableException"/> when the file cannot be used, or when others may read it.</remarks>
internal interface IProfiles
{
    /// <summary>Adds the profile, or replaces the one of its name.</summary>
    /// <returns>A sentence for the user when the key is kept in clear, with the reason; null when the system keeps it.</returns>
    string? Save(SavedProfile profile);

    /// <summary>The profile of this name; without one, the one that is the default, else the one named <see cref="SavedProfile.DefaultName"/>, or else the only one there is. Null when there is none.</summary>
    /// <exception cref="PulseRunException">No name is given, and there are several of which none is the default.</exception>
    SavedProfile? Load(string? name);

    /// <summary>All names, sorted.</summary>
    IReadOnlyList<string> Names();

    /// <summary>All profiles without their keys, sorted by name.</summary>
    IReadOnlyList<Profile> List();

    /// <summary>Changes settings of a profile; null when there is none of this name.</summary>
    Profile? Change(string name, ProfileChange change);

    /// <summary>Forgets a profile, and its key where the system keeps it; false when there is none of this name.</summary>
    bool Remove(string name);
}
