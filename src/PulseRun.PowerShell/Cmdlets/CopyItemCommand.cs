using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using PulseRun.Core.Ssh;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Copy;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Ssh;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Copies files and folders to instances, or from them, by ssh. Nothing incomplete ever has its final name.</summary>
[Cmdlet(VerbsCommon.Copy, Nouns.Item, DefaultParameterSetName = ParameterSets.ToInstance, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(CopyResult))]
public sealed partial class CopyItemCommand : ConnectedCmdlet
{
    [ParameterGroup]
    private readonly SshParameters _ssh = new();

    [ParameterGroup]
    private readonly ThrottleParameters _throttle = new();

    private readonly ByteProgress _progress = new();
    private readonly HashSet<string> _taken = [];
    private NamedTargets? _targets;
    private CopyOptions? _options;
    private IReadOnlyList<PackItem> _items = [];

    /// <summary>The files and folders to copy. For an upload, paths on this machine, with wildcards; for a download, paths on the instance, where ~ is the home folder and a relative path begins there.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>The target of the copy. If it is an existing folder, ends with a slash, or there are several items, they are copied into it under their names. Otherwise it is the new name. In a path on this machine, {Id} stands for the id of the instance.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = "";

    /// <summary>The instances to copy to: objects of other cmdlets, ids, or names. Also from the pipeline.</summary>
    [Parameter(ParameterSetName = ParameterSets.ToInstance, Mandatory = true, ValueFromPipeline = true)]
    public PSObject?[] ToInstance { get; set; } = [];

    /// <summary>The instances to copy from: objects of other cmdlets, ids, or names. With several instances, -Destination contains {Id}.</summary>
    [Parameter(ParameterSetName = ParameterSets.FromInstance, Mandatory = true)]
    public PSObject?[] FromInstance { get; set; } = [];

    /// <summary>Copies folders with everything in them. Without it, a folder is an error.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <summary>Wildcard patterns of files and folders to leave out, compared with their names and with their paths below the copied folder, ignoring case: *.pt, .git, logs/*.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? Exclude { get; set; }

    /// <summary>Replaces files that exist at the destination. Other files of an existing folder stay. Without -Force and -Update, a destination that exists is an error.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Copies only files that are newer at the source or have another size. An interrupted copy with -Update continues with the next one.</summary>
    [Parameter]
    public SwitchParameter Update { get; set; }

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        _targets = new NamedTargets(this);
        _options = new CopyOptions(Update ? CopyMode.Update : Force ? CopyMode.Force : CopyMode.New, Recurse, new CopyFilter(Exclude));
        if (ParameterSetName == ParameterSets.ToInstance)
            _items = CopyPaths.Local(Path, SessionState, Recurse);
        Runner.ProgressDetail = () => (_progress.ToString(), _progress.Percent);
        _ssh.FindWithoutPrompt(SessionState);
    }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        bool isUpload = ParameterSetName == ParameterSets.ToInstance;
        foreach (InstanceTarget target in _targets!.Of(isUpload ? ToInstance : FromInstance))
        {
            if (isUpload)
                Queue(target, "Copy to " + Destination, CopyPaths.Remote(Destination, nameof(Destination), isDestination: true), static (work, items, to) => work.UploadAsync(items, to));
            else
                Path.ToList().ForEach(path => Runner.TryItem(target.Source, () => Download(target, CopyPaths.Remote(path, nameof(Path), isDestination: false))));
        }
    }

    private void Download(InstanceTarget target, string path)
    {
        string destination = SessionState.Path.GetUnresolvedProviderPathFromPSPath(Destination.Replace("{Id}", target.Id.Replace(':', '_')));
        if (Destination[Destination.Length - 1] == '/')
            destination = destination.TrimEnd('/') + "/";
        string final = CopyPaths.Final(destination, path, Path.Length > 1);
        if (!_taken.Add(final))
            throw new PulseRunException(ErrorIds.InvalidRequest, "Destination: '" + CleanText.Clean(final, 300) + "' gets the files of another item. Use {Id} in the name, for example './out-{Id}'. Nothing was copied from '" + target.Id + "'.") { Field = nameof(Destination) };
        Queue(target, "Copy " + path, final, (work, _, to) => work.DownloadAsync(path, to));
    }

    private void Queue(InstanceTarget target, string action, string destination, System.Func<CopyWork, IReadOnlyList<PackItem>, string, Task<CopyResult>> copy)
    {
        if (!Prompt.Confirms(target.Description, CleanText.Clean(action, 200)))
            return;
        SshClient client = _ssh.ClientFor(target.Context);
        Runner.Queue(target.Id, target.Source, ThrottleLimit, async (observer, cancel) =>
        {
            Instance now = await RemoteInstance.ReadAsync(target, observer, cancel).ConfigureAwait(false);
            return await copy(new CopyWork(client, now, RemoteAccess.Channel(now, target.Context.IsLocal), _options!, _progress, observer, cancel), _items, destination).ConfigureAwait(false);
        });
    }
}
