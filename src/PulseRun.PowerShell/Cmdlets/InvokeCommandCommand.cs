using System;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Ssh;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Runs a command on many instances at once, by ssh. Results come in the order of the input.</summary>
[Cmdlet(VerbsLifecycle.Invoke, Nouns.Command, DefaultParameterSetName = ParameterSets.ByObject, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(CommandResult))]
public sealed partial class InvokeCommandCommand : InstanceInput
{
    [ParameterGroup]
    private readonly SshParameters _ssh = new();

    [ParameterGroup]
    private readonly ThrottleParameters _throttle = new();

    /// <summary>The longest argument that every platform accepts, with room for its quotes.</summary>
    private const int MaxLength = 15_000;

    private readonly OutputFiles _files = new();
    private bool _namesIds;
    private bool _isOnlyWord;

    /// <summary>The command to run, required: text for the shell of the instance, passed on unchanged. With instances from the pipeline it can be the only argument.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Command { get; set; } = "";

    /// <summary>Takes the instances of the pipeline when the command is the only word on the line. Not to be given by name.</summary>
    /// <remarks>An array, like InputObject and Id: PowerShell first tries parameters that need no conversion, and would else prefer this one to InputObject for every object.</remarks>
    [Parameter(ParameterSetName = ParameterSets.ById, ValueFromPipeline = true, DontShow = true)]
    [AllowNull]
    public PSObject?[]? PipelineInput { get; set; }

    /// <summary>The time limit on each instance, in seconds, including the connection (1 to 86400; 0, the default, means no limit).</summary>
    [Parameter]
    [ValidateRange(0, 86_400)]
    public int TimeoutSec { get; set; }

    /// <summary>A file that gets the command's standard output as it comes, whole and unchanged; {Id} in it stands for the instance's id. Default: none, the first megabyte is in StdOut.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? OutFile { get; set; }

    internal override string Verb => "the command";

    internal override string AdviceForPending => "It may go on there: look with another command.";

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        // In "$instances | Invoke-PRCommand 'nvidia-smi'" PowerShell binds the word to -Id, which has position 0. The instances come from the pipeline, so the word is the command.
        _namesIds = MyInvocation.BoundParameters.ContainsKey(nameof(Id));
        _isOnlyWord = _namesIds && MyInvocation.ExpectingInput && !MyInvocation.BoundParameters.ContainsKey(nameof(Command)) && Id is { Length: 1 };
        if (_isOnlyWord)
            Command = Id![0] ?? "";
        if (string.IsNullOrWhiteSpace(Command) || Command.Any(static c => c == '\0') || Command.Length > MaxLength)
            throw new PulseRunException(ErrorIds.InvalidRequest, string.Format(CultureInfo.InvariantCulture, "Command: pass the command to run, as text of 1 to {0} characters without a null character. Nothing was run.", MaxLength)) { Field = nameof(Command), Advice = "Examples: Invoke-PRCommand inst_abc123 'nvidia-smi'; $instances | Invoke-PRCommand 'nvidia-smi'." };
        _ssh.FindWithoutPrompt(SessionState);
    }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        bool bindsByItself = _namesIds && MyInvocation.ExpectingInput;
        if (bindsByItself && !_isOnlyWord)
            throw new PulseRunException(ErrorIds.InvalidRequest, "Instances were named on the line and piped in: give them in one way. Nothing was run.") { Field = nameof(Id) };
        foreach (InstanceTarget target in bindsByItself ? (PipelineInput ?? [null]).SelectMany(Targets) : Targets())
        {
            if (Prompt.Confirms(target.Description, "Run command: " + CleanText.Clean(Command, 80)))
                Runner.TryItem(target.Source, () => Queue(target));
        }
    }

    private void Queue(InstanceTarget target)
    {
        string? file = OutFile is null ? null : _files.For(target.Id, OutFile, SessionState);
        SshClient client = _ssh.ClientFor(target.Context);
        var command = new RemoteCommand(client, Command, file, TimeSpan.FromSeconds(TimeoutSec));
        Runner.Queue(target.Id, target.Source, ThrottleLimit, async (observer, cancel) => await command.RunAsync(target, observer, cancel).ConfigureAwait(false));
    }
}
