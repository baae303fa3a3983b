using System.Collections.Generic;
using PulseRun.Core.Cost;

namespace PulseRun.Core.Report;

/// <summary>Represents the sums of the fleet by one property.</summary>
/// <param name="Property">The name of the property, as the page shows it.</param>
/// <param name="Groups">The groups.</param>
internal sealed record ReportBreakdown(string Property, IReadOnlyList<ReportGroup> Groups);

/// <summary>Represents the instances with one value of a property.</summary>
/// <param name="Name">The value; null when it is not known.</param>
/// <param name="Count">The number of instances.</param>
/// <param name="Sum">The sum of their lines, under an empty id.</param>
/// <param name="IdleNow">The instances that are known to be idle now.</param>
/// <param name="BlindNow">The running instances without a current reading.</param>
internal sealed record ReportGroup(string? Name, int Count, ReportLine Sum, Burn IdleNow, Burn BlindNow);
