using System;

namespace PulseRun.Core.Launch;

/// <summary>Checks a launch before it is sent. The server checks the rest.</summary>
internal static class LaunchRules
{
    public const string CustomTemplate = "custom";

    /// <summary>Returns an InvalidRequest for the first invalid field; null when there is none.</summary>
    public static PulseRunException? Check(LaunchRequest request)
    {
        if (string.IsNullOrWhiteSpace(request.Gpu))
            return Refuse("Gpu", "a launch needs a GPU type, for example h100_80gb.");
        if (string.IsNullOrWhiteSpace(request.Template))
            return Refuse("Template", "a launch needs a template, for example pytorch.");
        bool custom = string.Equals(request.Template, CustomTemplate, StringComparison.OrdinalIgnoreCase);
        if (request.DockerImage is not null && !custom)
            return Refuse("DockerImage", "an image goes with -Template custom only.");
        if (request.DockerImage is not null && string.IsNullOrWhiteSpace(request.DockerImage))
            return Refuse("DockerImage", "the image's name is empty.");
        if (request.DockerImage is null && custom)
            return Refuse("DockerImage", "the template custom needs an image: -DockerImage ghcr.io/example/train:3, for example.");
        if (request.DiskSizeGb is < 1)
            return Refuse("DiskSizeGb", "a disk has at least 1 GB.");
        if (request.BudgetLimit is < 0)
            return Refuse("BudgetLimit", "a budget is not negative.");
        return null;
    }

    /// <summary>Returns an InvalidRequest for a negative price limit, which no instance can meet: a launch whose price is not known would be sent, and its instance terminated.</summary>
    public static PulseRunException? CheckLimit(string field, decimal? limit) => limit < 0 ? Refuse(field, "a limit is not negative.") : null;

    /// <summary>Returns the region of launches that contains a location of instances (eu for eu-west); the same text when none is known to contain it.</summary>
    public static string? RegionOf(string? location) => MatchScore.Continent(location) ?? location;

    private static PulseRunException Refuse(string field, string why) =>
        new(ErrorIds.InvalidRequest, "Nothing was launched: " + field + ": " + why) { Field = field };
}
