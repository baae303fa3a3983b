using System;
using System.Collections.Generic;
using System.Linq;

namespace PulseRun.Emulator.Faults;

/// <summary>Contains the faults that apply to one request.</summary>
internal sealed class FaultSet(IReadOnlyList<EmulatorFault> faults)
{
    /// <summary>Returns the first fault of a kind; null without one.</summary>
    public EmulatorFault? Of(EmulatorFaultKind kind) => faults.FirstOrDefault(fault => fault.Kind == kind);

    public bool Has(EmulatorFaultKind kind) => Of(kind) is not null;

    /// <summary>Gets the fault that replaces the effect of the request; null without one.</summary>
    public EmulatorFault? InsteadOfEffect => faults.FirstOrDefault(fault => !IsAfter(fault) && FaultReplies.Replaces(fault.Kind));

    /// <summary>Gets the fault that replaces or changes the reply; null without one.</summary>
    public EmulatorFault? InsteadOfAnswer => faults.FirstOrDefault(fault =>
        FaultReplies.Spoils(fault.Kind) || (IsAfter(fault) && FaultReplies.Replaces(fault.Kind)));

    public TimeSpan Delay(bool afterEffect) => faults
        .Where(fault => fault.Kind == EmulatorFaultKind.Delay && fault.AfterEffect == afterEffect)
        .Aggregate(TimeSpan.Zero, (sum, fault) => sum + (fault.Duration ?? TimeSpan.FromMilliseconds(100)));

    public static bool IsForm(EmulatorFault? fault, string form) => string.Equals(fault?.Form, form, StringComparison.OrdinalIgnoreCase);

    private static bool IsAfter(EmulatorFault fault) => fault.AfterEffect || fault.Kind == EmulatorFaultKind.ServerErrorAfterEffect;
}
