using System;
using System.Globalization;
using PulseRun.Core.Notes;
using PulseRun.Core.Text;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Finds the lifetime of launches that name none.</summary>
internal static class DefaultLifetime
{
    public const string Variable = "PULSERUN_DEFAULT_LIFETIME";

    /// <summary>Returns the lifetime: that of the environment, else that of the profile of the connection; null when neither has one.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: the variable contains no valid lifetime.</exception>
    public static TimeSpan? Of(Context context)
    {
        string? text = Environment.GetEnvironmentVariable(Variable)?.Trim();
        if (string.IsNullOrEmpty(text))
            return context.Settings.DefaultLifetime;
        if (!TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan lifetime) || NoteRules.WrongLifetime(lifetime) is not null)
        {
            throw new PulseRunException(ErrorIds.InvalidRequest, "Nothing was launched: " + Variable + ": '" + CleanText.Clean(text!, 40) + "' is not a time from 1 minute to 1 year, such as 08:00:00 or 2.00:00:00.")
            {
                Field = Variable,
            };
        }
        return lifetime;
    }
}
