using System;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Views;

/// <summary>Checks that the objects are what they were in a session in which Export-Csv writes them as text of the invariant culture. What it writes is tested in processes (Csv.Tests.ps1): PowerShell shares its property accesses between the sessions of a process.</summary>
public sealed class CsvTests : CmdletTests
{
    [Fact]
    public void A_value_is_still_a_date_or_a_number()
    {
        StartEmulator();
        foreach (string claim in new[]
        {
            "$i.StartedAt -is [DateTimeOffset]", "$i.StartedAt.GetType() -eq [DateTimeOffset]", "$i.StartedAt -lt [DateTimeOffset]::UtcNow", "$i.CostPerHour -is [decimal]",
            "$i.CostPerHour * 2 -eq 1.26", "2 * $i.CostPerHour -eq 1.26", "[math]::Floor($i.CostPerHour) -eq 0", "@{ 0.63d = 1 }[$i.CostPerHour] -eq 1",
            "(Get-PRInstance | Sort-Object StartedAt)[0].StartedAt -eq (Get-PRInstance | Measure-Object StartedAt -Minimum).Minimum",
            "(Get-PRInstance | Measure-Object CostPerHour -Sum).Sum -eq 5.72", "$null -eq $i.ExpiresAt", "@(Get-PRInstance | Where-Object CostPerHour -GT 2).Count -eq 1",
            "('{0:0.00}' -f $i.CostPerHour) -eq '0,63'", "($i | ConvertTo-Json -Depth 1) -match '\"CostPerHour\": 0.63'", "$i.GetJupyterUrl() -like 'https://*'",
            "($i | Out-String) -match '0,63'", "($i | Format-List | Out-String) -match 'StartedAt +: \\d{4}-\\d\\d-\\d\\d '",
            "($i | Get-Member StartedAt).MemberType -eq 'Property'", "(@($i.PSObject.Properties.Name) -join ',') -eq (@([PulseRun.Instance].GetProperties().Name) -join ',')",
            "([PulseRun.Instance]@{ Id = 'x'; CostPerHour = '1.5' }).CostPerHour -eq 1.5",
        })
            Assert.True(Get<bool>(In("de-DE", "$i = Get-PRInstance | Select-Object -First 1; " + claim)), claim);
    }

    /// <summary>Returns a script that runs another one in a culture.</summary>
    private static string In(string culture, string script) =>
        "$was = [cultureinfo]::CurrentCulture; try { [cultureinfo]::CurrentCulture = '" + culture + "'; " + script + " } finally { [cultureinfo]::CurrentCulture = $was }";
}
