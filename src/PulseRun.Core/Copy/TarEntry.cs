using System;

namespace PulseRun.Core.Copy;

/// <summary>Specifies the kinds of entries that a copy consists of.</summary>
internal enum TarKind
{
    /// <summary>A file with its content.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A symbolic link; <see cref="TarEntry.Link"/> is its target.</summary>
    Link,

    /// <summary>Another name of an earlier file of the archive; <see cref="TarEntry.Link"/> is that file.</summary>
    HardLink,

    /// <summary>A device, a pipe or a socket, which is not copied.</summary>
    Special,
}

/// <summary>Represents one entry of a tar archive.</summary>
internal sealed record TarEntry
{
    public required string Name { get; init; }

    public required TarKind Kind { get; init; }

    /// <summary>Gets the size of the content in bytes.</summary>
    public long Size { get; init; }

    /// <summary>Gets the permissions, without the bits that change the user of a program.</summary>
    public int Mode { get; init; }

    /// <summary>Gets the time of the last change, in whole seconds.</summary>
    public DateTimeOffset Modified { get; init; }

    /// <summary>Gets the target of a link.</summary>
    public string Link { get; init; } = "";

    /// <summary>Gets a value that is true when the name contained bytes that are no UTF-8 text and were replaced.</summary>
    public bool IsNameReplaced { get; init; }
}
