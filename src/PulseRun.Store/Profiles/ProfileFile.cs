using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using PulseRun.Contracts;
using PulseRun.Store.Files;

namespace PulseRun.Store.Profiles;

/// <summary>The profiles, in one JSON file that only its owner can read. Written whole beside it and moved into place; one writer at a time.</summary>
internal sealed class ProfileFile(string directory) : IProfiles
{
    private readonly string _path = Path.Combine(directory, "profiles.json");

    public void Save(SavedProfile profile) => Change(document =>
    {
        document.Remove(profile.Name);
        document.Profiles.Add(ToEntry(profile));
        return true;
    });

    public bool Remove(string name) => File.Exists(_path) && Change(document => document.Remove(name));

    public SavedProfile? Load(string? name)
    {
        using ProfileDocument document = Read();
        ProfileEntry? entry = document.Find(name ?? SavedProfile.DefaultName);
        if (name is null && entry is null && document.Profiles.Count > 1)
        {
            throw new PulseRunException(ErrorIds.NotConnected,
                "There are several profiles and none is named '" + SavedProfile.DefaultName + "': name one with -Profile (" + string.Join(", ", SortedNames(document)) + ").");
        }
        if (name is null && entry is null && document.Profiles.Count == 1)
            entry = document.Profiles[0];
        return entry is null ? null : FromEntry(entry);
    }

    public IReadOnlyList<string> Names()
    {
        using ProfileDocument document = Read();
        return SortedNames(document);
    }

    private static List<string> SortedNames(ProfileDocument document)
    {
        List<string> names = document.Profiles.ConvertAll(entry => entry.Name);
        names.Sort(StringComparer.OrdinalIgnoreCase);
        return names;
    }

    private static ProfileEntry ToEntry(SavedProfile profile)
    {
        (byte[] key, string protection) = KeyProtection.Protect(profile.Key);
        return new ProfileEntry
        {
            Name = profile.Name,
            BaseUri = profile.BaseUri.AbsoluteUri,
            Key = key,
            Protection = protection,
            RequestsPerMinute = profile.RequestsPerMinute,
            TimeoutSec = profile.Timeout?.TotalSeconds,
            MaxWaitSec = profile.MaxWait?.TotalSeconds,
            MaxFleetCostPerHour = profile.MaxFleetCostPerHour,
        };
    }

    private SavedProfile FromEntry(ProfileEntry entry) => new()
    {
        Name = entry.Name,
        BaseUri = Uri.TryCreate(entry.BaseUri, UriKind.Absolute, out Uri? address) ? address : throw NotProfiles(null),
        Key = KeyProtection.Unprotect(entry.Key, entry.Protection),
        RequestsPerMinute = entry.RequestsPerMinute,
        Timeout = Seconds(entry.TimeoutSec),
        MaxWait = Seconds(entry.MaxWaitSec),
        MaxFleetCostPerHour = entry.MaxFleetCostPerHour,
    };

    private TimeSpan? Seconds(double? value)
    {
        if (value is null)
            return null;
        return value is >= 0 and < 1e9 ? TimeSpan.FromSeconds(value.Value) : throw NotProfiles(null);
    }

    private bool Change(Func<ProfileDocument, bool> change)
    {
        try
        {
            PrivateFiles.CreateDirectory(directory);
            // Reading, changing and writing are one step, or two who save at once lose one of the two.
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
            using FileStream file = PrivateFiles.Read(_path);
            if (PrivateFiles.OthersMay(file))
            {
                throw new StoreUnavailableException(StoreFailure.Insecure,
                    "The profiles in '" + _path + "' hold API keys and others may read or write them. Run: chmod 600 '" + _path + "', and replace the keys if others use this machine.");
            }
            json = new byte[checked((int)file.Length)];
            int read = 0;
            for (int got; read < json.Length && (got = file.Read(json, read, json.Length - read)) > 0; read += got)
            {
            }
            ProfileDocument document = JsonSerializer.Deserialize(json.AsSpan(0, read), ProfileJson.Default.ProfileDocument) ?? throw NotProfiles(null);
            return document.Version <= ProfileDocument.CurrentVersion
                ? document
                : throw new StoreUnavailableException(StoreFailure.NewerVersion, "The profiles in '" + _path + "' were written by a newer version of PulseRun.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new ProfileDocument();
        }
        catch (JsonException e)
        {
            throw NotProfiles(e);
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

    /// <summary>Without the parser's words: they may quote what the file holds.</summary>
    private StoreUnavailableException NotProfiles(JsonException? e) => new(StoreFailure.Corrupt,
        "The file '" + _path + "' is not one of profiles" + (e?.LineNumber is { } line ? " (line " + (line + 1) + ")" : "") + ". Correct it, or remove it and save the profiles again.");
}
