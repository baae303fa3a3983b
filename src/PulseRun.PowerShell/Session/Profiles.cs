using PulseRun.Contracts;
using PulseRun.PowerShell.Loading;

namespace PulseRun.PowerShell.Session;

/// <summary>Saved connections, as contexts are made of them.</summary>
internal static class Profiles
{
    public const string DefaultName = SavedProfile.DefaultName;

    /// <summary>A profile by name, or the default one; null when there is none.</summary>
    public static ContextSettings? Load(string? name)
    {
        try
        {
            if (Libraries.OpenProfiles().Load(name) is not { } saved)
                return null;
            return new ContextSettings
            {
                // Checked as if typed: whoever can write the file must not get the key sent in the clear.
                BaseUri = BaseUris.Parse(saved.BaseUri.AbsoluteUri),
                Key = saved.Key,
                Mode = Secrets.Mode(saved.Key),
                Source = "Profile",
                Profile = saved.Name,
                RequestsPerMinute = saved.RequestsPerMinute,
                Timeout = saved.Timeout ?? ContextSettings.DefaultTimeout,
                MaxWait = saved.MaxWait ?? ContextSettings.DefaultMaxWait,
                MaxFleetCostPerHour = saved.MaxFleetCostPerHour,
            };
        }
        catch (StoreUnavailableException error)
        {
            throw new PulseRunException(ErrorIds.NotConnected, "The saved profile cannot be used. " + error.Message, error);
        }
    }

    public static void Save(ContextSettings settings)
    {
        try
        {
            Libraries.OpenProfiles().Save(new SavedProfile
            {
                Name = settings.Profile ?? DefaultName,
                BaseUri = settings.BaseUri,
                Key = settings.Key,
                RequestsPerMinute = settings.RequestsPerMinute,
                Timeout = settings.Timeout,
                MaxWait = settings.MaxWait,
                MaxFleetCostPerHour = settings.MaxFleetCostPerHour,
            });
        }
        catch (StoreUnavailableException error)
        {
            throw new PulseRunException(ErrorIds.InvalidRequest, "The profile was not saved. " + error.Message, error) { Field = "Save" };
        }
    }
}
