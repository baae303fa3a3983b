using System.IO;
using PulseRun.Store.Files;

namespace PulseRun.Store.Notes;

/// <summary>Manages the empty file beside the store which says that it has notes, so that a list on a machine without notes need not load SQLite.</summary>
internal sealed class NoteMarker(string directory)
{
    private const string Name = "pulserun.notes";

    private readonly string _path = Path.Combine(directory, Name);

    /// <summary>True when the store has notes, or had some.</summary>
    public bool Exists => File.Exists(_path);

    /// <summary>Creates the file. Called before a note is committed, so that no note is missed after a kill.</summary>
    public void Set()
    {
        if (!Exists)
            PrivateFiles.Open(_path, FileMode.OpenOrCreate, FileShare.ReadWrite | FileShare.Delete).Dispose();
    }
}
