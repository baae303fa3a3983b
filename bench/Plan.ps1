# Defines what is measured, and the goals. Dot-sourced by Bench.ps1, which defines the paths and the address of the server.

# The first generation of the garbage collector is else as large as the cache of the processor, so that memory would depend on the machine.
$smallGen0 = 'DOTNET_GCgen0size=0x1000000'

# A group with Before prepares those sides. One with OnRequest runs for -Only alone, because it takes minutes.
$groups = @(
    @{ Rounds = 9; Sides = [ordered]@{
            import      = Use-Script Import @{ Path = $module }
            importEmpty = Use-Script Import @{ Path = $empty } } }
    @{ Rounds = 7; Sides = [ordered]@{
            first     = Use-Script FirstCall @{ Side = 'Module'; Module = $module; Address = "$address/6" }
            firstTraced = Use-Script FirstCall @{ Side = 'Traced'; Module = $module; Address = "$address/6" }
            firstPeer = Use-Script FirstCall @{ Side = 'Peer'; Address = "$address/6" } } }
    @{ Rounds = 7; Sides = [ordered]@{
            start     = Use-Script StartToFirst @{ Side = 'Module'; Modules = (Join-Path $root 'out'); Address = "$address/6" }
            startPeer = Use-Script StartToFirst @{ Side = 'Peer'; Address = "$address/6" } } }
    @{ Rounds = 5; Sides = [ordered]@{
            list1k = Use-Script List @{ Side = 'Module'; Module = $module; Address = "$address/1000"; Count = 1000 } } }
    @{ Rounds = 5; Sides = [ordered]@{
            list10k      = Use-Script List @{ Side = 'Module'; Module = $module; Address = "$address/10000"; Count = 10000 }
            list10kFloor = Use-Program PulseRun.Bench.Floor list, "$address/10000"
            list10kPeer  = Use-Script List @{ Side = 'Peer'; Address = "$address/10000"; Count = 10000 }
            list10kWeb   = Use-Script List @{ Side = 'WebRequest'; Address = "$address/10000"; Count = 10000 } } }
    @{ Rounds = 5; Sides = [ordered]@{
            list100k      = Use-Script List @{ Side = 'Module'; Module = $module; Address = "$address/100000"; Count = 100000 }
            list100kFloor = Use-Program PulseRun.Bench.Floor list, "$address/100000"
            list100kPeer  = Use-Script List @{ Side = 'Peer'; Address = "$address/100000"; Count = 100000 } } }
    @{ Rounds = 5; Sides = [ordered]@{
            stream1k   = @($smallGen0) + (Use-Script Stream @{ Module = $module; Address = "$address/1000" })
            stream100k = @($smallGen0) + (Use-Script Stream @{ Module = $module; Address = "$address/100000" }) } }
    @{ Rounds = 5; Sides = [ordered]@{
            object        = Use-Script FirstObject @{ Side = 'Module'; Module = $module; Warm = "$address/6"; Address = "$address/10000" }
            objectPeer    = Use-Script FirstObject @{ Side = 'Peer'; Warm = "$address/6"; Address = "$address/10000" }
            objectTrickle = Use-Script FirstObject @{ Side = 'Module'; Module = $module; Warm = "$address/6"; Address = "$address/10000-trickled" } } }
    @{ Rounds = 5; Sides = [ordered]@{
            filter      = Use-Script Filter @{ Side = 'Status'; Module = $module; Address = "$address/10000"; Count = 10000 }
            filterWhere = Use-Script Filter @{ Side = 'WhereObject'; Module = $module; Address = "$address/10000"; Count = 10000 } } }
    @{ Rounds = 5; Sides = [ordered]@{
            stop16     = Use-Script Stops @{ Side = 'Module'; Module = $module; List = "$address/1000"; Address = "$address/delay50"; Throttle = 16 }
            stop32     = Use-Script Stops @{ Side = 'Module'; Module = $module; List = "$address/1000"; Address = "$address/delay50"; Throttle = 32 }
            stop64     = Use-Script Stops @{ Side = 'Module'; Module = $module; List = "$address/1000"; Address = "$address/delay50"; Throttle = 64 } } }
    @{ Rounds = 5; Sides = [ordered]@{
            stop32Peer = Use-Script Stops @{ Side = 'Peer'; List = "$address/1000"; Address = "$address/delay50"; Throttle = 32 }
            stop64Peer = Use-Script Stops @{ Side = 'Peer'; List = "$address/1000"; Address = "$address/delay50"; Throttle = 64 } } }
    @{ Rounds = 5; Sides = [ordered]@{
            stopCpu      = Use-Script StopCpu @{ Module = $module; Address = "$address/delay0"; Throttle = 32; Warm = 10000; Count = 20000 }
            stopCpuFloor = Use-Program PulseRun.Bench.Floor stops, "$address/delay0", 32, 10000, 20000 } }
    @{ Rounds = 1; Before = 'storeFirst', 'store'; Sides = [ordered]@{ fill = Use-Program PulseRun.Bench.Libraries fill, $history } }
    @{ Rounds = 5; Sides = [ordered]@{ storeFirst = Use-Program PulseRun.Bench.Libraries first, $history } }
    @{ Rounds = 5; Sides = [ordered]@{ store = Use-Program PulseRun.Bench.Libraries store, $history } }
    @{ Rounds = 5; Sides = [ordered]@{
            complete = Use-Script Complete @{ Module = $module; Address = "$address/1000" }
            firstTab = Use-Script Complete @{ Module = $module; Address = "$address/1000"; Cold = $true } } }
    @{ Rounds = 5; Sides = [ordered]@{
            table       = Use-Script Format @{ Side = 'Module'; Module = $module; Address = "$address/10000" }
            tableAnswer = Use-Script Format @{ Side = 'Answer'; Module = $module; Address = "$address/10000" }
            tablePeer   = Use-Script Format @{ Side = 'Peer'; Module = $module; Address = "$address/10000" } } }
    @{ Rounds = 5; Sides = [ordered]@{ bulk = Use-Script Bulk @{ Module = $module; Address = "$address/delay0" } } }
    @{ Rounds = 5; Sides = [ordered]@{ order = Use-Program PulseRun.Bench.Libraries order } }
    @{ Rounds = 3; Sides = [ordered]@{ tick = Use-Script CleanupTick @{ Module = $module; Instances = 500; Readings = 47 } } }
    @{ Rounds = 1; Before = 'noted', 'unnoted'; Sides = [ordered]@{ fillNotes = Use-Script Notes @{ Module = $module; Address = "$address/1000"; Folder = $notes; Fill = $true } } }
    @{ Rounds = 5; Sides = [ordered]@{
            noted   = Use-Script Notes @{ Module = $module; Address = "$address/1000"; Folder = $notes }
            unnoted = Use-Script Notes @{ Module = $module; Address = "$address/1000"; Folder = "$notes-none" } } }
    @{ Rounds = 1; OnRequest = $true; Sides = [ordered]@{
            fleets = Use-Program PulseRun.Bench.Libraries idle-order, (Join-Path $out 'idle-order.txt'), ($Only -eq 'idle-order' ? 600 : 60) } }
    @{ Rounds = 1; Sides = [ordered]@{
            growth = Use-Program PulseRun.Bench.Libraries growth, (Join-Path $out 'growth')
            micro  = Use-Program PulseRun.Bench.Libraries micro, (Join-Path $out 'micro') } }
    # Two million generated readings. The program takes other sizes, in millions: dotnet PulseRun.Bench.Libraries.dll team-store FOLDER 1 10 100
    @{ Rounds = 1; Sides = [ordered]@{ team = Use-Program PulseRun.Bench.Libraries team-store, (Join-Path $out 'team'), 2 } }
)

$goals = @(
    @{ What = 'Import-Module by path / empty psd1 with formats'; Value = 'import.ms'; Per = 'importEmpty.ms'; AtMost = 1.15 }
    @{ What = 'assemblies loaded by import beyond those of the module'; Value = 'import.others'; AtMost = 0 }
    @{ What = 'first call (6 instances) / Invoke-RestMethod'; Value = 'first.ms'; Per = 'firstPeer.ms'; AtMost = 0.60 }
    @{ What = 'first call without traces: assemblies of OpenTelemetry loaded'; Value = 'first.telemetry'; AtMost = 0 }
    @{ What = '... with traces / without'; Value = 'firstTraced.ms'; Per = 'first.ms' }
    @{ What = 'process start to first instance / Invoke-RestMethod script'; Value = 'start.ms'; Per = 'startPeer.ms'; AtMost = 0.90 }
    @{ What = 'list of 10k / C# floor'; Value = 'list10k.ms'; Per = 'list10kFloor.ms'; AtMost = 1.15 }
    @{ What = 'list of 10k / Invoke-RestMethod'; Value = 'list10k.ms'; Per = 'list10kPeer.ms'; AtMost = 0.20 }
    @{ What = 'list of 10k / Invoke-WebRequest + ConvertFrom-Json'; Value = 'list10k.ms'; Per = 'list10kWeb.ms'; AtMost = 0.20 }
    @{ What = 'list of 100k / C# floor'; Value = 'list100k.ms'; Per = 'list100kFloor.ms'; AtMost = 1.15 }
    @{ What = 'list of 100k / Invoke-RestMethod'; Value = 'list100k.ms'; Per = 'list100kPeer.ms'; AtMost = 0.20 }
    @{ What = 'peak memory of 100k / Invoke-RestMethod'; Value = 'list100k.peakMB'; Per = 'list100kPeer.peakMB'; AtMost = 0.30 }
    @{ What = 'memory that 100k streamed to Out-Null add to 1k'; Value = { (Get-Median $samples['stream100k.peakMB']) - (Get-Median $samples['stream1k.peakMB']) }; AtMost = 25; Unit = ' MB' }
    @{ What = 'first object of 10k / Invoke-RestMethod'; Value = 'object.ms'; Per = 'objectPeer.ms'; AtMost = 0.10 }
    @{ What = 'first object of 10k, body trickled over 1 s'; Value = 'objectTrickle.ms'; AtMost = 50; Unit = ' ms' }
    @{ What = '-Status running / Where-Object, 10k'; Value = 'filter.againMs'; Per = 'filterWhere.againMs'; AtMost = 0.5 }
    @{ What = '... the first call of the process'; Value = 'filter.ms'; Per = 'filterWhere.ms' }
    @{ What = '1,000 stops at 50 ms, throttle 16 / ideal'; Value = 'stop16.ms'; Per = 63 * 50; AtMost = 1.07 }
    @{ What = '1,000 stops at 50 ms, throttle 32 / ideal'; Value = 'stop32.ms'; Per = 32 * 50; AtMost = 1.07 }
    @{ What = '1,000 stops at 50 ms, throttle 64 / ideal'; Value = 'stop64.ms'; Per = 16 * 50; AtMost = 1.09 }
    @{ What = '... throttle 32 / ForEach-Object -Parallel'; Value = 'stop32.ms'; Per = 'stop32Peer.ms'; AtMost = 0.60 }
    @{ What = '... throttle 64 / ForEach-Object -Parallel'; Value = 'stop64.ms'; Per = 'stop64Peer.ms'; AtMost = 0.35 }
    @{ What = 'CPU per 1,000 stops at delay 0 / C# floor'; Value = 'stopCpu.cpuMsPer1000'; Per = 'stopCpuFloor.cpuMsPer1000'; AtMost = 1.8 }
    @{ What = 'store of 2.88 M readings: append a tick of 1,000'; Value = 'store.append'; AtMost = 5; Unit = ' ms' }
    @{ What = 'store of 2.88 M readings: idle check of 1,000'; Value = 'store.check'; AtMost = 15; Unit = ' ms' }
    @{ What = 'store of 2.88 M readings: first use in a process'; Value = 'storeFirst.ms'; AtMost = 40; Unit = ' ms' }
    @{ What = 'reading order of 1,000 instances'; Value = 'order.order1000'; Unit = ' ms' }
    @{ What = 'reading order of 10,000 instances'; Value = 'order.order10000'; AtMost = 30; Unit = ' ms' }
    @{ What = 'cleanup of 500 instances, 47 readings, fresh process / the same requests by Invoke-RestMethod'; Value = 'tick.wholeMs'; Per = 'tick.peerMs'; AtMost = 0.9 }
    @{ What = '... without the start of the process and Import-Module'; Value = 'tick.ms'; Unit = ' ms' }
    @{ What = 'Get-PRInstance of 1,000 with 1,000 notes / without'; Value = 'noted.againMs'; Per = 'unnoted.againMs'; AtMost = 1.15 }
    @{ What = '... the first call of the process'; Value = 'noted.ms'; Per = 'unnoted.ms' }
    @{ What = 'idle-order: training fleet on 60 requests a minute'; OnRequest = $true; Value = 'fleets.training60'; AtLeast = 400 }
    @{ What = 'idle-order: ... / in turns'; OnRequest = $true; Value = 'fleets.training60'; Per = 'fleets.training60turns' }
    @{ What = 'idle-order: research fleet on 60 requests a minute'; OnRequest = $true; Value = 'fleets.research60'; AtLeast = 230 }
    @{ What = 'idle-order: ... / in turns'; OnRequest = $true; Value = 'fleets.research60'; Per = 'fleets.research60turns' }
    @{ What = 'idle-order: steady fleet on 60 requests a minute'; OnRequest = $true; Value = 'fleets.steady60'; AtLeast = 480 }
    @{ What = 'idle-order: ... / in turns'; OnRequest = $true; Value = 'fleets.steady60'; Per = 'fleets.steady60turns' }
    @{ What = 'completion of ids, warm, 1,000 instances'; Value = 'complete.ms'; AtMost = 30; Unit = ' ms' }
    @{ What = 'completion of ids, the first request of a process, 1,000 instances'; Value = 'firstTab.firstMs'; AtMost = 300; Unit = ' ms' }
    @{ What = '... runs without offers at the first Tab'; Value = 'firstTab.firstMsEmpty'; AtMost = 0 }
    @{ What = '10k through the table view / the same columns as objects'; Value = 'table.againMs'; Per = 'tablePeer.againMs'; AtMost = 1.2 }
    @{ What = '... the first table of the process'; Value = 'table.ms'; Per = 'tablePeer.ms'; AtMost = 1.2 }
    @{ What = '... the first table of the process / the objects of Invoke-RestMethod with as many columns'; Value = 'table.ms'; Per = 'tableAnswer.ms'; AtMost = 1.2 }
    # Without PostgreSQL on this machine there is nothing to measure.
    if (Test-Path /usr/lib/postgresql) {
        @{ What = 'team-store: append a tick of 10,000'; Value = 'team.append10000'; AtMost = 100; Unit = ' ms' }
        @{ What = 'team-store: window of 10,000 instances / SQLite'; Value = 'team.window10000'; Per = 'team.sqliteWindow10000'; AtMost = 3 }
        @{ What = 'team-store: verdicts of 10,000 instances / SQLite'; Value = 'team.check10000'; Per = 'team.sqliteCheck10000' }
        @{ What = 'team-store: a cleanup tick of 10 hosts and 10,000 instances'; Value = 'team.hosts'; Unit = ' ms' }
        @{ What = 'team-store: bytes of a reading with its indexes'; Value = 'team.bytes2M'; AtMost = 60; Unit = ' bytes' }
        @{ What = 'team-store: bytes of a reading, one a minute, in rows of 5 minutes'; Value = 'team.rolledBytesMinute'; Unit = ' bytes' }
        @{ What = 'team-store: window in a day that was rolled up / before'; Value = 'team.rolledWindow2M'; Per = 'team.oldWindow2M' }
        @{ What = 'team-store: a step of the roll-up'; Value = 'team.rollStep2M'; Unit = ' ms' }
    }
)

$curves = @(
    @{ What = 'list, in the session'; Sizes = '1k', '10k', '100k'; At = 'list1k.againMs', 'list10k.againMs', 'list100k.againMs' }
    @{ What = 'stops, delay 0'; Sizes = '100', '1k', '10k'; At = 'bulk.ms100', 'bulk.ms1000', 'bulk.ms10000' }
    @{ What = 'verdicts of 36 readings'; Sizes = '100', '1k', '10k'; At = 'micro.Verdicts100', 'micro.Verdicts1000', 'micro.Verdicts10000' }
    @{ What = 'parsing'; Sizes = '100', '1k', '10k'; At = 'micro.Parse100', 'micro.Parse1000', 'micro.Parse10000' }
    @{ What = 'rate limiter'; Sizes = '100', '1k', '10k'; At = 'micro.Gate100', 'micro.Gate1000', 'micro.Gate10000' }
    @{ What = 'store: append a tick'; Sizes = '100', '1k', '10k'; At = 'growth.append100', 'growth.append1000', 'growth.append10000' }
    @{ What = 'store: idle check'; Sizes = '100', '1k', '10k'; At = 'growth.check100', 'growth.check1000', 'growth.check10000' }
    @{ What = 'team-store: append a tick'; Sizes = '100', '1k', '10k'; At = 'team.append100', 'team.append1000', 'team.append10000' }
    @{ What = 'team-store: window'; Sizes = '100', '1k', '10k'; At = 'team.window100', 'team.window1000', 'team.window10000' }
)
