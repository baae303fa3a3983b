namespace PulseRun.Views.Fleet;

/// <summary>Defines the pages of the live view.</summary>
internal enum FleetMode
{
    /// <summary>The table of the fleet.</summary>
    Table,

    /// <summary>Everything that is known of the selected instance.</summary>
    Details,

    /// <summary>The keys and the columns.</summary>
    Help,
}
