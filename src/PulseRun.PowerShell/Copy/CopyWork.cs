using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Copy;
using PulseRun.Core.Ssh;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Ssh;

namespace PulseRun.PowerShell.Copy;

/// <summary>Copies files and folders between this machine and one instance, as a tar archive in one ssh connection.</summary>
/// <param name="client">The ssh client.</param>
/// <param name="instance">The instance.</param>
/// <param name="place">Its ssh address.</param>
/// <param name="options">The options of the copy.</param>
/// <param name="progress">Counts the bytes.</param>
/// <param name="observer">Receives warnings.</param>
/// <param name="cancel">Ends the copy. Nothing incomplete has its final name.</param>
internal sealed class CopyWork(SshClient client, Instance instance, SshTarget place, CopyOptions options, ByteProgress progress, ICallObserver observer, CancellationToken cancel)
{
    /// <summary>An empty file at the end of an upload. An archive that was cut between two files lacks it.</summary>
    private const string EndMark = ".pulserun-end";

    /// <summary>Limits the bytes that may follow the end of an archive, because tar fills its last record with zeros.</summary>
    private const int MaxRest = 1 << 20;

    /// <summary>Copies to the instance.</summary>
    /// <param name="items">The files and folders, with the names of what becomes visible there.</param>
    /// <param name="destination">The destination: a folder to copy into if it exists, ends with a slash, or there are several names; otherwise the new name.</param>
    public Task<CopyResult> UploadAsync(IReadOnlyList<PackItem> items, string destination) => OnOwnThread(() => Upload(items, destination));

    /// <summary>Copies from the instance.</summary>
    /// <param name="path">The file or folder there.</param>
    /// <param name="destination">The final path here.</param>
    public Task<CopyResult> DownloadAsync(string path, string destination) => OnOwnThread(() => Download(path, destination));

    private CopyResult Upload(IReadOnlyList<PackItem> items, string destination)
    {
        var clock = Stopwatch.StartNew();
        string[] names = [.. items.Select(static item => item.Name.Split('/')[0]).Distinct(StringComparer.Ordinal)];
        string[] target = [options.StageWord([instance.Id, destination, .. names]), options.ModeText, .. names];
        Dictionary<string, Dictionary<string, ListedFile>>? listed = options.Mode == CopyMode.Update ? Ask(CopyScripts.ListTarget, destination, target) : null;
        Func<string, string, ListedFile, bool>? isThere = listed is null ? null : IsThere(listed, names);
        var packer = new Packer(items, options, isThere, cancel);
        packer.Scan();
        progress.AddTotal(packer.Bytes);
        string? hash = null;
        // Without new files, something complete may still wait beside the target for its final name.
        if (listed is null || packer.Files + packer.NewOthers > 0 || listed.Keys.Any(static tag => tag[0] == 'p'))
            hash = Send(packer, destination, target);
        return new CopyResult
        {
            Id = instance.Id,
            Origin = instance.Origin,
            Path = string.Join(", ", items.Select(static item => item.Path)),
            Destination = destination,
            Files = packer.Files,
            Bytes = packer.Bytes,
            Unchanged = packer.Unchanged,
            Sha256 = hash,
            Duration = clock.Elapsed,
        };
    }

    private string Send(Packer packer, string destination, string[] target)
    {
        string word = CopyOptions.NewWord();
        using SshChannel channel = client.OpenChannel(instance.Id, place, ShellText.Run(CopyScripts.Receive, [word, destination, .. target]), word, cancel);
        using var output = new HashingStream(channel.Input);
        try
        {
            var writer = new TarWriter(output);
            packer.Write(writer, progress.Add);
            writer.Begin(new TarEntry { Name = EndMark, Kind = TarKind.File, Mode = 0x180, Modified = DateTimeOffset.UtcNow });
            writer.Finish();
        }
        catch (IOException) when (!cancel.IsCancellationRequested)
        {
            // The instance does not read any more. Its report, or the log of ssh, says why.
        }
        channel.Finish();
        CopyStatus status = CopyStatus.Parse(channel.Errors.Report, instance.Id, destination, channel.Errors.Text);
        if (status.Code != 0)
            throw new PulseRunException(ErrorIds.CopyFailed, "tar on '" + instance.Id + "' could not unpack the copy (exit code " + status.Code.ToString(System.Globalization.CultureInfo.InvariantCulture) + "). Nothing has its final name. It says: " + CleanText.Clean(channel.Errors.Text, 300));
        string hash = output.ToHash();
        if (status.Sha256 != hash)
        {
            Ask(CopyScripts.Discard, destination, target);
            throw new PulseRunException(ErrorIds.CopyFailed, "The copy arrived on '" + instance.Id + "' with another SHA-256 than it was sent with. It was removed.");
        }
        Ask(CopyScripts.Commit, destination, target);
        return hash;
    }

    private CopyResult Download(string path, string destination)
    {
        var clock = Stopwatch.StartNew();
        if (options.Mode == CopyMode.New && LocalFiles.Exists(destination))
            throw LocalFiles.AlreadyThere(destination);
        string parent = Path.GetDirectoryName(destination) is { Length: > 0 } folder ? folder : destination;
        string stage = Path.Combine(parent, ".pulserun-" + options.StageWord(instance.Id, path, destination));
        bool isKept = false;
        try
        {
            try
            {
                Directory.CreateDirectory(stage);
                LocalFiles.SetMode(stage, 0x1C0);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
            {
                throw new PulseRunException(ErrorIds.CopyFailed, "Nothing can be written to '" + CleanText.Clean(parent, 300) + "': " + error.Message);
            }
            return Download(path, destination, stage, clock);
        }
        catch (Exception error) when (options.Mode == CopyMode.Update && (error is OperationCanceledException or PulseRunException { ErrorId: ErrorIds.SshFailed }))
        {
            // Complete files wait there for the next copy with -Update.
            isKept = true;
            throw;
        }
        finally
        {
            if (!isKept)
                LocalFiles.Delete(stage);
        }
    }

    private CopyResult Download(string path, string destination, string stage, Stopwatch clock)
    {
        IReadOnlyList<string>? names = null;
        Func<string, ListedFile, bool>? isThere = null;
        long unchanged = 0;
        if (options.Mode == CopyMode.Update)
        {
            Dictionary<string, ListedFile> source = Ask(CopyScripts.ListSource, path, []).TryGetValue("s", out Dictionary<string, ListedFile>? found) ? found : [];
            Dictionary<string, ListedFile> here = LocalFiles.List(destination), waiting = LocalFiles.List(Path.Combine(stage, "in"));
            isThere = (name, file) => IsThere(here, waiting, name, file);
            unchanged = source.Count(pair => pair.Value.Kind == 'f' && isThere(pair.Key, pair.Value));
            bool isFile = source.ContainsKey(".") && source["."].Kind == 'f';
            if (isFile)
            {
                if (unchanged > 0)
                    return Result(path, destination, 0, 0, 1, null, clock);
                // A single file is one name and has nothing to leave out.
                isThere = null;
            }
            else
            {
                if (source.Count > 0 && !options.Recurse)
                    throw new PulseRunException(ErrorIds.CopyFailed, "'" + CleanText.Clean(path, 200) + "' on '" + instance.Id + "' is a folder. Use -Recurse to copy it.");
                names = [.. source.Where(pair => pair.Value.Kind != 'f' || !isThere(pair.Key, pair.Value)).Select(static pair => pair.Key)];
                progress.AddTotal(source.Where(pair => pair.Value.Kind == 'f' && !isThere(pair.Key, pair.Value)).Sum(static pair => pair.Value.Size));
            }
        }
        string word = CopyOptions.NewWord();
        string command = ShellText.Run(CopyScripts.Send, [word, path, options.Recurse ? "1" : "0", names is null ? "0" : "1", .. options.Filter.ForTar]);
        using SshChannel channel = client.OpenChannel(instance.Id, place, command, word, cancel);
        Task sending = OutputReader.OnOwnThread(() => SendNames(channel, names));
        using var input = new HashingStream(channel.Output);
        var unpacker = new Unpacker(stage, options, isThere, progress.Add, cancel);
        try
        {
            unpacker.Run(new TarReader(input));
            Drain(input);
        }
        catch (PulseRunException error) when (error.ErrorId == ErrorIds.CopyFailed && !cancel.IsCancellationRequested && IsOver(channel))
        {
            // The stream ended early: the connection or the script says why, if they know.
            channel.Finish();
            CopyStatus.Parse(channel.Errors.Report, instance.Id, path, channel.Errors.Text);
            throw;
        }
        channel.Finish();
        CopyStatus status = CopyStatus.Parse(channel.Errors.Report, instance.Id, path, channel.Errors.Text);
        string hash = input.ToHash();
        // GNU tar returns 1 when a file changed while it was read, which is usual for the log of a running program.
        if (status.Code == 1 && status.IsGnu)
            observer.Warning("tar on '" + instance.Id + "' reports: " + CleanText.Clean(channel.Errors.Text, 300));
        else if (status.Code != 0)
            throw new PulseRunException(ErrorIds.CopyFailed, "tar on '" + instance.Id + "' could not read everything (exit code " + status.Code.ToString(System.Globalization.CultureInfo.InvariantCulture) + "). Nothing was changed. It says: " + CleanText.Clean(channel.Errors.Text, 300));
        if (status.Sha256 != hash)
            throw new PulseRunException(ErrorIds.CopyFailed, "The copy arrived with another SHA-256 than '" + instance.Id + "' sent it with. It was removed.");
        if (unpacker.Skipped is { } skipped)
            observer.Warning("'" + instance.Id + "': " + skipped);
        try
        {
            LocalFiles.Place(unpacker.Content, destination, options.Mode);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new PulseRunException(ErrorIds.CopyFailed, "The copy arrived, and cannot be renamed to '" + CleanText.Clean(destination, 300) + "': " + error.Message);
        }
        return Result(path, destination, unpacker.Files, unpacker.Bytes, names is null ? unpacker.Unchanged : unchanged, hash, clock);
    }

    private CopyResult Result(string path, string destination, long files, long bytes, long unchanged, string? hash, Stopwatch clock) => new()
    {
        Id = instance.Id,
        Origin = instance.Origin,
        Path = path,
        Destination = destination,
        Files = files,
        Bytes = bytes,
        Unchanged = unchanged,
        Sha256 = hash,
        Duration = clock.Elapsed,
    };

    /// <summary>Runs a script without an archive, and returns the listing that it writes.</summary>
    private Dictionary<string, Dictionary<string, ListedFile>> Ask(string script, string path, string[] more)
    {
        string word = CopyOptions.NewWord();
        using SshChannel channel = client.OpenChannel(instance.Id, place, ShellText.Run(script, [word, path, .. more]), word, cancel);
        channel.CloseInput();
        Dictionary<string, Dictionary<string, ListedFile>> listed = ListedFile.Parse(channel.Output);
        channel.Finish();
        CopyStatus.Parse(channel.Errors.Report, instance.Id, path, channel.Errors.Text);
        return listed;
    }

    /// <summary>Returns a function that looks up a file in the listing of a destination, which numbers the names of the copy.</summary>
    private static Func<string, string, ListedFile, bool> IsThere(Dictionary<string, Dictionary<string, ListedFile>> listed, string[] names)
    {
        Dictionary<string, ListedFile> none = [];
        return (root, below, file) => IsThere(Of("t", root), Of("p", root), below, file);

        Dictionary<string, ListedFile> Of(string tag, string root) =>
            listed.TryGetValue(tag + Array.IndexOf(names, root).ToString(System.Globalization.CultureInfo.InvariantCulture), out Dictionary<string, ListedFile>? files) ? files : none;
    }

    /// <summary>Returns true when the destination has a file that is as large and not older, or an interrupted copy left exactly this file.</summary>
    private static bool IsThere(Dictionary<string, ListedFile> there, Dictionary<string, ListedFile> waiting, string name, ListedFile file)
    {
        if (there.TryGetValue(name, out ListedFile target) && target.Kind == file.Kind && target.Size == file.Size && target.Modified >= file.Modified)
            return true;
        return file.Kind == 'f' && waiting.TryGetValue(name, out ListedFile left) && left == file;
    }

    private static void SendNames(SshChannel channel, IReadOnlyList<string>? names)
    {
        try
        {
            foreach (string name in names ?? [])
            {
                byte[] bytes = Encoding.UTF8.GetBytes(name + "\0");
                channel.Input.Write(bytes, 0, bytes.Length);
            }
            channel.CloseInput();
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The connection has ended. The reader of the archive reports that.
        }
    }

    private static void Drain(HashingStream input)
    {
        byte[] rest = new byte[64 * 1024];
        long total = 0;
        int count;
        while ((count = input.Read(rest, 0, rest.Length)) > 0)
        {
            total += count;
            if (total > MaxRest)
                throw new PulseRunException(ErrorIds.UnsafeArchive, "The archive was refused: more data follows its end.");
        }
    }

    /// <summary>Returns true when the archive has no more bytes, so that the command has ended or is about to.</summary>
    private static bool IsOver(SshChannel channel) => channel.Output.Read(new byte[1], 0, 1) <= 0;

    private async Task<CopyResult> OnOwnThread(Func<CopyResult> work)
    {
        CopyResult? result = null;
        Exception? failure = null;
        await OutputReader.OnOwnThread(() =>
        {
            try
            {
                result = work();
            }
#pragma warning disable CA1031 // Rethrown below, where a cancelled copy is distinguished.
            catch (Exception error)
#pragma warning restore CA1031
            {
                failure = error;
            }
        }).ConfigureAwait(false);
        cancel.ThrowIfCancellationRequested();
        if (failure is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(failure).Throw();
        return result!;
    }
}
