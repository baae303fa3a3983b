using System;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Reflection;

namespace PulseRun.PowerShell.Running;

/// <summary>Asks the user for confirmation before a request is sent. All members must be called on the pipeline thread.</summary>
internal sealed class Prompt(PSCmdlet cmdlet)
{
    private bool _yesToAll;
    private bool _noToAll;

    /// <summary>True when -WhatIf or $WhatIfPreference is in effect.</summary>
    public bool IsWhatIf => cmdlet.MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? bound)
        ? bound is SwitchParameter { IsPresent: true }
        : LanguagePrimitives.IsTrue(cmdlet.SessionState.PSVariable.GetValue("WhatIfPreference"));

    private bool IsConfirmRequested => cmdlet.MyInvocation.BoundParameters.TryGetValue("Confirm", out object? bound) && bound is SwitchParameter { IsPresent: true };

    /// <summary>Returns true when ShouldProcess agrees to the action.</summary>
    /// <param name="target">The description of the object of the action, for the user.</param>
    /// <param name="action">The action.</param>
    /// <param name="force">True skips the question, but neither -WhatIf nor a -Confirm that was passed. Null when the cmdlet has no -Force that skips it.</param>
    public bool Confirms(string target, string action, bool? force = null)
    {
        if (force == true && !IsWhatIf && !IsConfirmRequested)
        {
            cmdlet.WriteVerbose(action + ": " + target);
            return true;
        }
        return Ask(target, action, force is not null, WillAsk, () => cmdlet.ShouldProcess(target, action));
    }

    /// <summary>Returns true when the user agrees to an action that cannot be undone, in a cmdlet whose other actions have a lower impact. Asks regardless of $ConfirmPreference, unless -Force or -Confirm:$false is passed.</summary>
    /// <param name="target">The description of the object of the action, for the user.</param>
    /// <param name="action">The action.</param>
    /// <param name="force">True skips the question. Null when the cmdlet has no -Force.</param>
    public bool Insists(string target, string action, bool? force)
    {
        if (!Confirms(target, action, force))
            return false;
        bool isAnswered = IsConfirmRequested || cmdlet.MyInvocation.BoundParameters.ContainsKey("Confirm");
        return force == true || isAnswered || Ask(target, action, canForce: force is not null, isQuestion: true, () => cmdlet.ShouldContinue(action + ": " + target + "?", cmdlet.MyInvocation.MyCommand.Name, ref _yesToAll, ref _noToAll));
    }

    /// <summary>True when ShouldProcess would ask, by -Confirm, $ConfirmPreference and the impact of the cmdlet.</summary>
    private bool WillAsk
    {
        get
        {
            if (IsWhatIf)
                return false;
            if (cmdlet.MyInvocation.BoundParameters.ContainsKey("Confirm"))
                return IsConfirmRequested;
            ConfirmImpact impact = cmdlet.GetType().GetCustomAttribute<CmdletAttribute>()?.ConfirmImpact ?? ConfirmImpact.Medium;
            return LanguagePrimitives.TryConvertTo(cmdlet.SessionState.PSVariable.GetValue("ConfirmPreference"), out ConfirmImpact least) && least != ConfirmImpact.None && impact >= least;
        }
    }

    private bool Ask(string target, string action, bool canForce, bool isQuestion, Func<bool> ask)
    {
        // The console host would read the answer from the redirected input: an empty line is its default, Yes, and at the end of the input it ends the pipeline without a word.
        if (isQuestion && cmdlet.Host.Name == "ConsoleHost" && Console.IsInputRedirected)
            throw CannotAsk(target, action, canForce, null);
        try
        {
            return ask();
        }
        catch (Exception error) when (error is not PipelineStoppedException && !cmdlet.Stopping && IsPromptFailure(error))
        {
            throw CannotAsk(target, action, canForce, error);
        }
    }

    private static PulseRunException CannotAsk(string target, string action, bool canForce, Exception? error)
    {
        string how = canForce ? "-Force or -Confirm:$false" : "-Confirm:$false";
        return new PulseRunException(ErrorIds.InvalidRequest, action + ": " + target + ": this needs a confirmation, and there is no terminal to ask in. Add " + how + " to do it without a question. Nothing was sent.", error)
        {
            Field = "Confirm",
            Advice = "Add " + how + ", or run the command in a terminal. -WhatIf shows what it would do.",
        };
    }

    /// <summary>Returns true for the exceptions of a host that cannot prompt: PSInvalidOperationException with -NonInteractive, HostException or NotImplementedException otherwise.</summary>
    private static bool IsPromptFailure(Exception error) => error is HostException or InvalidOperationException or NotImplementedException;
}
