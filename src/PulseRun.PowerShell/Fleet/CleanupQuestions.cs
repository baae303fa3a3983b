using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PulseRun.Core.Cleanup;
using PulseRun.PowerShell.Running;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Asks about the decisions of a cleanup, on the pipeline thread.</summary>
/// <param name="prompt">The prompt of the cmdlet.</param>
/// <param name="isWhatIf">True when -WhatIf is in effect.</param>
/// <param name="force">True when -Force is given: removals are not asked about.</param>
internal sealed class CleanupQuestions(Prompt prompt, bool isWhatIf, bool force)
{
    /// <summary>Asks about all decisions of a plan, before any is carried out: an answer that ends the run must not find half of it done.</summary>
    /// <returns>Each decision, with Declined when the user does not want it.</returns>
    public IReadOnlyList<(CleanupDecision Decision, CleanupReason? Declined)> Ask(CleanupPlan plan) => plan.Decisions.Select(decision => (decision, Declined(decision))).ToList();

    private CleanupReason? Declined(CleanupDecision decision)
    {
        string target = Formatting.Describe(decision.Candidate.Instance);
        bool isAgreed = (decision.Step, decision.Reason) switch
        {
            // The user chose this removal together with the lifetime, so it is confirmed like a stop.
            (CleanupStep.Remove, CleanupReason.Expired) => prompt.Confirms(target, "Remove instance whose lifetime has ended, its disk too", force),
            (CleanupStep.Stop, CleanupReason.Expired) => prompt.Confirms(target, "Stop instance whose lifetime has ended"),
            (CleanupStep.Stop, CleanupReason.OverBudget) => prompt.Confirms(target, "Stop instance whose budget is exceeded"),
            (CleanupStep.Stop, CleanupReason.OffHours) => prompt.Confirms(target, "Stop instance for its off hours"),
            (CleanupStep.Start, _) => prompt.Confirms(target, "Start instance after its off hours"),
            (CleanupStep.Warn, CleanupReason.ExpiryNear) => prompt.Confirms(target, "Send warning before the lifetime of the instance ends"),
            (CleanupStep.Stop, _) => prompt.Confirms(target, "Stop idle instance"),
            (CleanupStep.Warn, _) => prompt.Confirms(target, "Send warning before the stop of idle instance"),
            (CleanupStep.Remove, _) => prompt.Insists(target, "Remove instance stopped since " + decision.Candidate.StoppedSince?.ToString("u", CultureInfo.InvariantCulture) + ", its disk too", force),
            _ => true,
        };
        return isAgreed || isWhatIf ? null : CleanupReason.Declined;
    }
}
