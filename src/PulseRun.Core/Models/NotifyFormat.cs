namespace PulseRun;

/// <summary>Specifies the body of the notifications that a cleanup sends.</summary>
public enum NotifyFormat
{
    /// <summary>One JSON object for each event, as about_PulseRun_Ladder describes it.</summary>
    Json,

    /// <summary>The message of a Slack incoming webhook: a text, and a section block with the same text.</summary>
    Slack,

    /// <summary>The message of a Microsoft Teams workflow: an Adaptive Card.</summary>
    Teams,
}
