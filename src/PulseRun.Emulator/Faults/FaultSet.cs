using System;
using System.Collections.Generic;
using System.Linq;

namespace PulseRun.Emulator.Faults;

/// <summary>The faults that one request meets.</summary>
internal sealed class FaultSet(IReadOnlyList<EmulatorFault> faults)
{
    /// <summary>The first of a kind; null without one.</summary>
    public EmulatorFault? Of(EmulatorFaultKind kind) => faults.FirstOrDefault(fault => fault.Kind == kind);

    public bool Has(EmulatorFaultKind kind) => Of(kind) is not null;

    /// <summary>The form of the first of a kind; null without one, or when it has none.</summary>
    public bool HasForm(EmulatorFaultKind kind, string form) => IsForm(Of(kind), form);

    /// <summary>The fault that takes the place of the effect; null when there is to be one.</summary>
    public EmulatorFault? InsteadOfEffect => faults.FirstOrDefault(fault => !IsAfter(fault) && FaultReplies.Replaces(fault.Kind));

    /// <summary>The fault that takes the place of the answer, or spoils it; null when it is to come as it is.</summary>
    public EmulatorFault? InsteadOfAnswer => faults.FirstOrDefault(fault =>
        FaultReplies.Spoils(fault.Kind) || (IsAfter(fault) && FaultReplies.Replaces(fault.Kind)));

    public TimeSpan Delay(bool afterEffect) => faults
        .Where(fault => fault.Kind == EmulatorFaultKind.Delay && fault.AfterEffect == afterEffect)
        .Aggregate(TimeSpan.Zero, (sum, fault) => sum + (fault.Duration ?? TimeSpan.FromMilliseconds(100)));

    public static bool IsForm(EmulatorFault? fault, string form) => string.Equals(fault?.Form, form, StringComparison.OrdinalIgnoreCase);

    private static bool IsAfter(EmulatorFault fault) => fault.AfterEffect || fault.Kind == EmulatorFaultKind.ServerErrorAfterEffect;
}
