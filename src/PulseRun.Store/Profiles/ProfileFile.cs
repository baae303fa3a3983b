using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using PulseRun.Core.Client;
using PulseRun.Core.Notes;
using PulseRun.Core.Profiles;
using PulseRun.Core.Store;
using PulseRun.Core.Text;
using PulseRun.Store.Files;

namespace PulseRun.Store.Profiles;

/// <summary>Stores the profiles in one JSON file that only its owner can read. A change writes a new file and renames it over the old one, under a lock between processes.</summary>
internal sealed class ProfileFile(string directory) : IProfiles
{
    /// <summary>The largest accepted file. A profile is smaller than a kilobyte, so a larger file is not a profile file.</summary>
    private const int MaxLength = 1 << 20;

    private const double Day = 86_400, MaxRequestsPerMinute = 100_000;

    /// <summary>The largest accepted cost limit. Sums of larger prices could overflow.</summary>
    private const decimal MaxCost = 1_000_000_000;

    private readonly string _path = Path.Combine(directory, "profiles.json");

    public string? Save(SavedProfile profile)
    {
        ProfileNames.Check(profile.Name, "Profile");
        // Called before the lock is taken, because a keyring may prompt for a password.
        (byte[] key, string protection, string? reason) = KeyProtection.Protect(profile);
        Change(document =>
        {
            ProfileEntry entry = ToEntry(profile, key, protection);
            if (document.Find(profile.Name) is not { } old)
            {
                document.Profiles.Add(entry);
                return true;
            }
            entry.IdentityFile ??= old.IdentityFile;
            bool wasDefault = document.IsDefault(old);
            document.Remove(old);
            document.Profiles.Add(entry);
            if (wasDefault)
                document.Default = entry.Name;
            if (protection != KeyProtection.SecretService || old.BaseUri != entry.BaseUri)
                KeyProtection.Forget(old);
            return true;
        });
        return reason is null ? null : "The key of the profile '" + profile.Name + "' is saved unencrypted in '" + _path + "', which only you can read (mode 0600). " + reason;
    }

    public bool Remove(string name) => File.Exists(_path) && Change(document =>
    {
        if (document.Find(name) is not { } entry)
            return false;
        document.Remove(entry);
        KeyProtection.Forget(entry);
        return true;
    });

    public Profile? Change(string name, ProfileChange change)
    {
        Profile? changed = null;
        if (File.Exists(_path))
        {
            Change(document =>
            {
                if (document.Find(name) is not { } entry)
                    return false;
                Apply(entry, change);
                if (change.IsDefault is { } isDefault && isDefault != document.IsDefault(entry))
                    document.Default = isDefault ? entry.Name : null;
                Check(entry);
                changed = Describe(document, entry);
                return true;
            });
        }
        return changed;
    }

    public SavedProfile? Load(string? name)
    {
        using ProfileDocument document = Read();
        ProfileEntry? entry = name is null ? Implied(document) : document.Find(name);
        if (name is null && entry is null && document.Profiles.Count > 1)
        {
            throw new PulseRunException(ErrorIds.NotConnected,
                "There are several profiles and none is the default. Name one with -Profile, or choose the default with Set-PRProfile -Default (" + string.Join(", ", SortedNames(document)) + ").");
        }
        return entry is null ? null : FromEntry(entry);
    }

    public IReadOnlyList<string> Names()
    {
        using ProfileDocument document = Read();
        return SortedNames(document);
    }

    public IReadOnlyList<Profile> List()
    {
        using ProfileDocument document = Read();
        return document.Profiles.OrderBy(static entry => entry.Name, StringComparer.OrdinalIgnoreCase).Select(entry => Describe(document, entry)).ToList();
    }

    private static List<string> SortedNames(ProfileDocument document)
    {
        List<string> names = document.Profiles.ConvertAll(entry => entry.Name);
        names.Sort(StringComparer.OrdinalIgnoreCase);
        return names;
    }

    /// <summary>Returns the profile to use when none is named: the default, or the only one. Null when there is none, or when there are several without a default.</summary>
    private static ProfileEntry? Implied(ProfileDocument document) =>
        (document.Default is { } chosen ? document.Find(chosen) : null)
        ?? document.Find(SavedProfile.DefaultName)
        ?? (document.Profiles.Count == 1 ? document.Profiles[0] : null);

    private static ProfileEntry ToEntry(SavedProfile profile, byte[] key, string protection) => new()
    {
        Name = profile.Name,
        BaseUri = profile.BaseUri.AbsoluteUri,
        Key = key,
        Protection = protection,
        KeyCommand = profile.KeyCommand,
        RequestsPerMinute = profile.RequestsPerMinute,
        TimeoutSec = profile.Timeout?.TotalSeconds,
        MaxWaitSec = profile.MaxWait?.TotalSeconds,
        MaxFleetCostPerHour = profile.MaxFleetCostPerHour,
        DefaultLifetimeSec = profile.DefaultLifetime?.TotalSeconds,
        IdentityFile = profile.IdentityFile,
        Store = profile.Store,
        StoreKeyCommand = profile.StoreKeyCommand,
    };

    private static void Apply(ProfileEntry entry, ProfileChange change)
    {
        if (change.RequestsPerMinute is { } pace)
            entry.RequestsPerMinute = pace.Value;
        if (change.TimeoutSec is { } timeout)
            entry.TimeoutSec = timeout.Value;
        if (change.MaxWaitSec is { } wait)
            entry.MaxWaitSec = wait.Value;
        if (change.MaxFleetCostPerHour is { } cost)
            entry.MaxFleetCostPerHour = cost.Value;
        if (change.DefaultLifetime is { } lifetime)
            entry.DefaultLifetimeSec = lifetime.Value?.TotalSeconds;
        if (change.IdentityFile is { } identity)
            entry.IdentityFile = identity.Value;
        if (change.Store is { } store)
            (entry.Store, entry.StoreKeyCommand) = (store.Value, store.Value is null ? null : entry.StoreKeyCommand);
    }

    private SavedProfile FromEntry(ProfileEntry entry)
    {
        Uri address = Address(entry);
        return new SavedProfile
        {
            Name = entry.Name,
            BaseUri = address,
            Key = KeyProtection.Unprotect(entry, address),
            KeyCommand = entry.Protection == KeyProtection.Command ? entry.KeyCommand : null,
            RequestsPerMinute = entry.RequestsPerMinute,
            Timeout = Seconds(entry.TimeoutSec),
            MaxWait = Seconds(entry.MaxWaitSec),
            MaxFleetCostPerHour = entry.MaxFleetCostPerHour,
            DefaultLifetime = Seconds(entry.DefaultLifetimeSec),
            IdentityFile = entry.IdentityFile,
            Store = entry.Store,
            StoreKeyCommand = entry.StoreKeyCommand,
        };
    }

    private Profile Describe(ProfileDocument document, ProfileEntry entry) => new()
    {
        Name = entry.Name,
        BaseUri = Address(entry),
        IsDefault = Implied(document) == entry,
        KeyStore = entry.Protection switch
        {
            KeyProtection.SecretService => "SecretService",
            KeyProtection.Dpapi => "Dpapi",
            KeyProtection.Command => "Command",
            KeyProtection.FileMode => "File",
            _ => CleanText.Clean(entry.Protection, 40),
        },
        KeyCommand = entry.Protection == KeyProtection.Command ? entry.KeyCommand : null,
        RequestsPerMinute = entry.RequestsPerMinute,
        Timeout = Seconds(entry.TimeoutSec),
        MaxWait = Seconds(entry.MaxWaitSec),
        MaxFleetCostPerHour = entry.MaxFleetCostPerHour,
        DefaultLifetime = Seconds(entry.DefaultLifetimeSec),
        IdentityFile = entry.IdentityFile,
        Store = entry.Store,
    };

    private Uri Address(ProfileEntry entry) => Uri.TryCreate(entry.BaseUri, UriKind.Absolute, out Uri? address) ? address : throw Wrong(entry, "baseUri");

    private static TimeSpan? Seconds(double? value) => value is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private bool Change(Func<ProfileDocument, bool> change)
    {
        try
        {
            OwnFiles.MakeFolder(directory);
            // Read, change and write under one lock, because otherwise one of two concurrent changes would be lost.
            using FileLock alone = FileLock.Acquire(_path + ".lock");
            using ProfileDocument document = Read();
            if (!change(document))
                return false;
            Write(document);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException(StoreFailure.Unwritable, "The profiles in '" + _path + "' cannot be written. " + e.Message, e);
        }
    }

    private void Write(ProfileDocument document)
    {
        string beside = _path + "." + Guid.NewGuid().ToString("N") + ".new";
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(document, ProfileJson.Default.ProfileDocument);
        try
        {
            using (FileStream file = PrivateFiles.Open(beside, FileMode.CreateNew, FileShare.None))
            {
                file.Write(json, 0, json.Length);
                file.Flush(flushToDisk: true);
            }
            PrivateFiles.Replace(beside, _path);
        }
        finally
        {
            Array.Clear(json, 0, json.Length);
            File.Delete(beside);
        }
    }

    private ProfileDocument Read()
    {
        byte[] json = [];
        try
        {
            OwnFiles.CheckFolder(directory);
            // The file is checked before it is opened, because opening a pipe would block.
            OwnFiles.CheckKind(_path);
            using FileStream file = PrivateFiles.Read(_path);
            if (PrivateFiles.OthersMay(file))
            {
                throw new StoreUnavailableException(StoreFailure.Insecure,
                    "The profiles in '" + _path + "' contain API keys, and other users can read or write them. "
                    + (StorePaths.IsWindows ? "Remove the permissions of other users from the file" : "Run: chmod 600 '" + _path + "'") + ", and replace the keys if others use this machine.");
            }
            if (file.Length > MaxLength)
                throw NotProfiles(" (it is longer than a megabyte)");
            json = new byte[(int)file.Length];
            int read = 0;
            for (int got; read < json.Length && (got = file.Read(json, read, json.Length - read)) > 0; read += got)
            {
            }
            ProfileDocument document = JsonSerializer.Deserialize(WithoutMark(json.AsSpan(0, read)), ProfileJson.Default.ProfileDocument) ?? throw NotProfiles("");
            if (document.Version > ProfileDocument.CurrentVersion)
                throw new StoreUnavailableException(StoreFailure.NewerVersion, "The profiles in '" + _path + "' were written by a newer version of PulseRun.");
            Check(document);
            return document;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new ProfileDocument();
        }
        catch (JsonException e)
        {
            // The message of the parser is left out, because it may quote the content of the file.
            throw NotProfiles(e.LineNumber is { } line ? " (line " + (line + 1) + ")" : "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException(StoreFailure.Unwritable, "The profiles in '" + _path + "' cannot be read. " + e.Message, e);
        }
        finally
        {
            Array.Clear(json, 0, json.Length);
        }
    }

    /// <summary>Skips the byte order mark that some editors write at the start of a UTF-8 file.</summary>
    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> json) => json.Length >= 3 && json[0] == 0xEF && json[1] == 0xBB && json[2] == 0xBF ? json.Slice(3) : json;

    /// <summary>Throws when a value is missing or out of range, because a person or a hostile program may have edited the file: the serialiser accepts null for any property and any number.</summary>
    private void Check(ProfileDocument document)
    {
        if (document.Profiles is null || document.Profiles.Exists(static entry => entry is null))
            throw NotProfiles(" (a profile in it is null)");
        foreach (ProfileEntry entry in document.Profiles)
            Check(entry);
    }

    private void Check(ProfileEntry entry)
    {
        entry.Key ??= [];
        if (!ProfileNames.IsValid(entry.Name))
            throw NotProfiles(" (the name of a profile is missing, too long or not printable)");
        if (entry.BaseUri is null)
            throw Wrong(entry, "baseUri");
        if (entry.Protection is null)
            throw Wrong(entry, "protection");
        if (entry.RequestsPerMinute is < 1 or > (int)MaxRequestsPerMinute)
            throw Wrong(entry, "requestsPerMinute");
        if (entry.TimeoutSec is { } timeout && !(timeout > 0 && timeout <= Day))
            throw Wrong(entry, "timeoutSec");
        if (entry.MaxWaitSec is { } wait && !(wait >= 0 && wait <= Day))
            throw Wrong(entry, "maxWaitSec");
        if (entry.MaxFleetCostPerHour is < 0 or > MaxCost)
            throw Wrong(entry, "maxFleetCostPerHour");
        if (entry.DefaultLifetimeSec is { } lifetime && !(lifetime >= NoteRules.ShortestLifetime.TotalSeconds && lifetime <= NoteRules.LongestLifetime.TotalSeconds))
            throw Wrong(entry, "defaultLifetimeSec");
        if (entry.IdentityFile is { } identity && (identity.Length == 0 || identity.Any(char.IsControl)))
            throw Wrong(entry, "identityFile");
        // A password that was written into the file by hand is refused too, so that it does not stay there.
        if (entry.Store is { } chosen && (StoreText.Objection(chosen) is not null || StoreText.HasPassword(chosen)))
            throw Wrong(entry, "store");
    }

    private StoreUnavailableException Wrong(ProfileEntry entry, string field) => NotProfiles(" (the value of " + field + " in the profile '" + CleanText.Clean(entry.Name, 80) + "')");

    private StoreUnavailableException NotProfiles(string where) => new(StoreFailure.Corrupt,
        "The file '" + _path + "' is not a valid profile file" + where + ". Correct it, or delete it and save the profiles again.");
}
