using System;
using Npgsql;

namespace PulseRun.Store.Postgres.Connection;

/// <summary>Reads the columns of one row.</summary>
internal readonly struct Row(NpgsqlDataReader reader)
{
    private const long FirstMoment = -62_135_596_800_000, LastMoment = 253_402_300_799_999;

    public bool IsNull(int column) => reader.IsDBNull(column);

    public string Text(int column) => reader.GetString(column);

    public string? TextOrNull(int column) => IsNull(column) ? null : reader.GetString(column);

    public int Int(int column) => reader.GetInt32(column);

    public int? IntOrNull(int column) => IsNull(column) ? null : reader.GetInt32(column);

    public long Long(int column) => reader.GetInt64(column);

    public long? LongOrNull(int column) => IsNull(column) ? null : reader.GetInt64(column);

    public float? SingleOrNull(int column) => IsNull(column) ? null : reader.GetFloat(column);

    public byte[]? BytesOrNull(int column) => IsNull(column) ? null : reader.GetFieldValue<byte[]>(column);

    public double Real(int column) => reader.GetDouble(column);

    public bool Flag(int column) => reader.GetBoolean(column);

    public bool? FlagOrNull(int column) => IsNull(column) ? null : reader.GetBoolean(column);

    public decimal? MoneyOrNull(int column) => IsNull(column) ? null : reader.GetDecimal(column);

    public Guid Id(int column) => reader.GetGuid(column);

    public DateTimeOffset Moment(int column) => new(reader.GetDateTime(column).ToUniversalTime());

    public DateTimeOffset? MomentOrNull(int column) => IsNull(column) ? null : Moment(column);

    /// <summary>Returns a time that is stored in milliseconds.</summary>
    /// <exception cref="FormatException">The value is not a time, so this module did not write the row.</exception>
    public DateTimeOffset Time(int column) =>
        Long(column) is >= FirstMoment and <= LastMoment and var milliseconds ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : throw new FormatException("a value is not a time.");

    public DateTimeOffset? TimeOrNull(int column) => IsNull(column) ? null : Time(column);

    /// <summary>Returns a time; null for a missing one and for a value that is not a time.</summary>
    public DateTimeOffset? TryTime(int column) => !IsNull(column) && Long(column) is >= FirstMoment and <= LastMoment ? Time(column) : null;

    /// <summary>Returns a duration that is stored in milliseconds, limited to the shortest and longest possible one.</summary>
    public TimeSpan Duration(int column) => new(Math.Min(Math.Max(0, Long(column)), LastMoment) * TimeSpan.TicksPerMillisecond);

    public TimeSpan? DurationOrNull(int column) => IsNull(column) ? null : TimeSpan.FromMilliseconds(Long(column));
}
