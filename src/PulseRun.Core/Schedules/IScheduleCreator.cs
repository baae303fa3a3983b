using System;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;

namespace PulseRun.Core.Schedules;

/// <summary>Creates schedules, each at most once.</summary>
internal interface IScheduleCreator
{
    /// <summary>Lists the schedules, refuses a name that exists, records the intent, sends it once, and finds out from the list what became of a lost answer.</summary>
    /// <param name="request">The schedule, already checked.</param>
    /// <param name="settle">The longest time that the list may lack a created schedule.</param>
    /// <param name="observer">Receives notifications about requests and waits.</param>
    /// <param name="cancel">Cancels the call. A schedule that was sent stays in the journal, and the next creation with its name finds it.</param>
    /// <exception cref="PulseRunException">Conflict: the name exists. ScheduleOutcomeUnknown: the schedule may have been created.</exception>
    Task<PulseRun.Schedule> CreateAsync(ScheduleRequest request, TimeSpan settle, ICallObserver observer, CancellationToken cancel);
}
