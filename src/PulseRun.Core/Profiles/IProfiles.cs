using System.Collections.Generic;
using PulseRun.Core.Client;

namespace PulseRun.Core.Profiles;

/// <summary>Stores connections by name. Names are not case-sensitive.</summary>
/// <remarks>Methods throw <see cref="StoreUnavailableException"/> when the file cannot be used or other users can read it.</remarks>
internal interface IProfiles
{
    /// <summary>Saves a profile and replaces an existing one of the same name.</summary>
    /// <returns>A sentence for the user with the reason when the key is stored unencrypted; null when the system protects it.</returns>
    string? Save(SavedProfile profile);

    /// <summary>Returns the profile with the given name. Without a name, returns the default profile, or else the one named <see cref="SavedProfile.DefaultName"/>, or else the only one. Returns null when there is none.</summary>
    /// <exception cref="PulseRunException">No name is given, and there are several profiles without a default.</exception>
    SavedProfile? Load(string? name);

    /// <summary>Returns all names, sorted.</summary>
    IReadOnlyList<string> Names();

    /// <summary>Returns all profiles without their keys, sorted by name.</summary>
    IReadOnlyList<Profile> List();

    /// <summary>Changes settings of a profile and returns it; returns null when there is none with this name.</summary>
    Profile? Change(string name, ProfileChange change);

    /// <summary>Removes a profile, and its key from the system's store. Returns false when there is none with this name.</summary>
    bool Remove(string name);
}
