# Checks conventions of the code by reflection and in the sources. A new cmdlet is covered without a change here.

BeforeDiscovery {
    Import-Module (Join-Path (Split-Path (Split-Path $PSScriptRoot)) 'out/PulseRun')
    $commands = @(Get-Command -Module PulseRun -CommandType Cmdlet | ForEach-Object { @{ Name = $_.Name; Command = $_ } })
}

BeforeAll {
    . $PSScriptRoot/Common.ps1
    $common = [System.Management.Automation.Cmdlet]::CommonParameters + [System.Management.Automation.Cmdlet]::OptionalCommonParameters
    $commands = @(Get-Command -Module PulseRun -CommandType Cmdlet)
    $assembly = $commands[0].ImplementingType.Assembly
    $base = $assembly.GetType('PulseRun.PowerShell.Cmdlets.Base.PulseRunCmdlet')
    $connected = $assembly.GetType('PulseRun.PowerShell.Cmdlets.Base.ConnectedCmdlet')

    # The nouns whose -Id is not the id of an instance, or which have a connection of their own.
    $otherIds = 'PRAlert', 'PRSchedule', 'PRScheduleRun', 'PRWebhook', 'PRWebhookSignature', 'PRJob', 'PRTunnel'

    # Get-Own: returns the parameters of a cmdlet except the common ones.
    function Get-Own([System.Management.Automation.CommandInfo] $Command) { @($Command.Parameters.Values | Where-Object Name -NotIn $common) }

    # Get-Element: returns the element type of a parameter: int for int[] and for int?.
    function Get-Element([type] $Type) {
        $one = $Type.IsArray ? $Type.GetElementType() : $Type
        [System.Nullable]::GetUnderlyingType($one) ?? $one
    }

    # Get-Declared: returns the Parameter attributes of a parameter, one per parameter set.
    function Get-Declared($Parameter) { @($Parameter.Attributes | Where-Object { $_ -is [System.Management.Automation.ParameterAttribute] }) }

    # The sources, with their text without comments. Strings are not changed.
    $sources = @(Get-ChildItem "$Root/src" -Recurse -Filter *.cs | Where-Object FullName -NotMatch '[\\/](bin|obj)[\\/]' |
            ForEach-Object { [pscustomobject]@{ Path = [System.IO.Path]::GetRelativePath($Root, $_.FullName).Replace('\', '/'); Name = $_.BaseName; Code = ((Get-Content $_.FullName) -replace '^\s*//.*$') -join "`n" } })

    # Find-Code: returns the sources that match a pattern, except those whose path matches -Except.
    function Find-Code([string] $Pattern, [string] $Except = '^$', [string] $In = '.') {
        @($sources | Where-Object { $_.Path -match $In -and $_.Path -notmatch $Except -and $_.Code -cmatch $Pattern } | ForEach-Object Path)
    }
}

Describe 'The cmdlet <Name>' -ForEach $commands {
    BeforeAll {
        $type = $Command.ImplementingType
        $own = Get-Own $Command
        $verb, $noun = $Name -split '-'
    }

    It 'is a sealed class of its name, derived from PulseRunCmdlet' {
        $type.FullName | Should -Be "PulseRun.PowerShell.Cmdlets.$verb$($noun -replace '^PR')Command"
        $type.IsSealed | Should -BeTrue
        $type.IsSubclassOf($base) | Should -BeTrue
    }

    It 'declares its output, with types that a script can name' {
        @($Command.OutputType).Count | Should -BeGreaterThan 0
        foreach ($output in $Command.OutputType) {
            $output.Type | Should -Not -BeNullOrEmpty -Because "$($output.Name) must be a type that is loaded"
            $output.Type.FullName | Should -Match '^(PulseRun\.\w+|System\.\w[\w.]*)$'
        }
    }

    It 'supports ShouldProcess if its verb changes something' {
        $changes = $verb -in 'Add', 'Clear', 'Copy', 'Export', 'Import', 'Invoke', 'Move', 'New', 'Protect', 'Publish', 'Remove', 'Rename', 'Reset', 'Resize', 'Restart', 'Restore', 'Resume', 'Set', 'Start', 'Stop', 'Suspend', 'Unprotect', 'Update'
        # An emulator costs nothing and ends with the session.
        if (-not $changes -or $noun -eq 'PREmulator') { return }
        $Command.Parameters.Keys | Should -Contain 'WhatIf'
    }

    It 'has -Context if and only if it can send requests' {
        if (-not $type.IsSubclassOf($connected)) { $own.Name | Should -Not -Contain 'Context'; return }
        $parameter = $Command.Parameters['Context']
        $parameter.ParameterType | Should -Be ([PulseRun.Context])
        (Get-Declared $parameter).Mandatory | Should -Not -Contain $true
        (Get-Declared $parameter).Position | Should -Be ([int]::MinValue)
    }

    It 'takes ids like all other cmdlets' {
        $id = $own | Where-Object Name -EQ Id
        # The ids of other objects than instances.
        if (-not $id -or $noun -in $otherIds) { return }
        $id.ParameterType | Should -Be ([string[]])
        $id.Aliases | Should -Contain 'InstanceId'
        foreach ($declared in Get-Declared $id) {
            $declared.ValueFromPipeline | Should -BeTrue
            $declared.ValueFromPipelineByPropertyName | Should -BeTrue
        }
    }

    It 'takes objects like all other cmdlets' {
        $object = $own | Where-Object Name -EQ InputObject
        if (-not $object) { return }
        foreach ($declared in Get-Declared $object) { $declared.ValueFromPipeline | Should -BeTrue }
        # New-PRInstance also takes the rows of a plan.
        if ($noun -like 'PRInstance*' -and $verb -ne 'New') { $object.ParameterType | Should -Be ([PulseRun.InstanceReference[]]) }
    }

    It 'has a ThrottleLimit of 1 to 256, by default 16' {
        $throttle = $own | Where-Object Name -EQ ThrottleLimit
        if (-not $throttle) { return }
        $range = $throttle.Attributes | Where-Object { $_ -is [System.Management.Automation.ValidateRangeAttribute] }
        $range.MinRange, $range.MaxRange | Should -Be 1, 256
        $type.GetProperty('ThrottleLimit').GetValue([Activator]::CreateInstance($type)) | Should -Be 16
    }

    It 'names its parameters consistently, and has none of type bool, float or DateTime' {
        foreach ($parameter in $own) {
            $parameter.Name | Should -MatchExactly '^[A-Z][a-zA-Z]+$'
            $element = Get-Element $parameter.ParameterType
            # A switch is a SwitchParameter, money is decimal, a time is a DateTimeOffset. A bool? is allowed for a value with three states.
            if ($parameter.ParameterType -eq [bool]) { throw "-$($parameter.Name) is a bool: take a SwitchParameter." }
            if ($element -in [float], [datetime]) { throw "-$($parameter.Name) is a $($element.Name)." }
            # A switch about prices is a yes or no, and no amount.
            if ($parameter.Name -match 'Cost|Price|BudgetLimit' -and $element -ne [switch]) { $element | Should -Be ([decimal]) -Because "-$($parameter.Name) is money" }
            if ($parameter.Name -cmatch '(Sec|Seconds|Gb|PerMinute|Count|ThrottleLimit)$') {
                $element | Should -BeIn ([int], [double]) -Because "-$($parameter.Name) is a number of something"
                # The range of a parameter that an empty CSV cell can omit is checked with the whole request.
                if ($parameter.Attributes.TypeId.Name -contains 'EmptyIsUnsetAttribute') { continue }
                @($parameter.Attributes | Where-Object { $_ -is [System.Management.Automation.ValidateRangeAttribute] }).Count | Should -Be 1 -Because "-$($parameter.Name) has limits"
            }
            if ($parameter.Name -cmatch '^(Since|Until|Before|After)$') { $element | Should -Be ([DateTimeOffset]) }
        }
    }

    It 'has positional parameters only for its main input' {
        $sets = $Command.ParameterSets | ForEach-Object { @($_.Parameters | Where-Object { $_.Name -notin $common -and $_.Position -ge 0 }).Count }
        foreach ($count in $sets) { $count | Should -BeLessOrEqual 2 }
    }
}

Describe 'All cmdlets together' {
    It 'use the same type and aliases for a parameter of the same name' {
        # -For is a state in Wait-PRInstance and a time in other cmdlets.
        # The type of -InputObject depends on the noun.
        $groups = $commands | Where-Object Noun -NotIn $otherIds | ForEach-Object { $c = $_; Get-Own $c | ForEach-Object { [pscustomobject]@{ Cmdlet = $c.Name; Name = $_.Name; Element = (Get-Element $_.ParameterType); Aliases = $_.Aliases -join ' ' } } } |
            Where-Object Name -NotIn 'For', 'InputObject' | Group-Object Name
        foreach ($group in $groups) {
            @($group.Group.Element | Sort-Object -Unique).Count | Should -Be 1 -Because "-$($group.Name) is $(($group.Group | ForEach-Object { "$($_.Element) in $($_.Cmdlet)" }) -join ', ')"
            @($group.Group.Aliases | Sort-Object -Unique).Count | Should -Be 1 -Because "-$($group.Name) has other aliases in one of $($group.Group.Cmdlet -join ', ')"
        }
    }

    It 'have no alias that is the name of another parameter' {
        foreach ($command in $commands) {
            $names = @(Get-Own $command | ForEach-Object { $_.Name; $_.Aliases })
            @($names | Sort-Object -Unique).Count | Should -Be $names.Count -Because $command.Name
        }
    }
}

Describe 'The public types' {
    BeforeAll {
        $core = [PulseRun.Instance].Assembly
        $public = $core.GetExportedTypes()
        $documented = @{}
        foreach ($member in ([xml](Get-Content -Raw "$ModulePath/bin/net8.0/PulseRun.Core.xml")).doc.members.member) { $documented[$member.name] = $member.InnerText.Trim() + $(if ($member.InnerXml -match '<inheritdoc') { 'inherited' }) }
    }

    It 'have documentation, with each of their properties' {
        $flags = [System.Reflection.BindingFlags] 'Public, Instance, Static, DeclaredOnly'
        foreach ($one in $public | Where-Object { -not $_.IsNested }) {
            $documented["T:$($one.FullName)"] | Should -Not -BeNullOrEmpty -Because $one
            foreach ($property in $one.GetProperties($flags) | Where-Object { $_.GetIndexParameters().Count -eq 0 -and $_.Name -ne 'EqualityContract' }) {
                # The property of a record parameter is documented at the parameter.
                $explained = $documented["P:$($one.FullName).$($property.Name)"] ?? @($documented.Keys | Where-Object { $_ -like "M:$($one.FullName).#ctor*" })
                $explained | Should -Not -BeNullOrEmpty -Because "$($one.FullName).$($property.Name)"
            }
            if ($one.IsEnum) { foreach ($value in [enum]::GetNames($one)) { $documented["F:$($one.FullName).$value"] | Should -Not -BeNullOrEmpty -Because "$($one.FullName).$value" } }
        }
    }

    It 'are documented in sentences, as the documentation of .NET is: no summary is a bare clause' {
        $documented.GetEnumerator() | Where-Object { $_.Value -match '^(What|Whether|Who|Where|When|How|Which|That)\b' } | ForEach-Object Key | Should -BeNullOrEmpty
    }

    It 'are sealed or abstract' {
        $public | Where-Object { $_.IsClass -and -not $_.IsSealed -and -not $_.IsAbstract } | ForEach-Object FullName | Should -BeNullOrEmpty
    }

    It 'represent money as decimal and times as DateTimeOffset' {
        foreach ($property in $public.GetProperties()) {
            (Get-Element $property.PropertyType) | Should -Not -BeIn ([datetime], [float]) -Because "$($property.DeclaringType).$($property.Name)"
            if ($property.Name -match 'Cost|Price|Balance|PerHour|Amount|Saved' -and (Get-Element $property.PropertyType).IsPrimitive) { (Get-Element $property.PropertyType) | Should -Not -Be ([double]) -Because "$($property.DeclaringType).$($property.Name)" }
        }
    }
}

Describe 'The sources' {
    It 'are found' { $sources.Count | Should -BeGreaterThan 100 }

    It 'have the name of their main type; small related types may be in the same file' {
        foreach ($source in $sources) {
            # A resource of the API is one file, named after it: its parts of the types that every resource adds to.
            if ($source.Path -match '/Resources/' -and $source.Code -cmatch '(?m)^internal (static |sealed )?partial class ') { continue }
            $declared = @([regex]::Matches($source.Code, '(?m)^(?:public|internal)(?: (?:sealed|static|abstract|partial|readonly|ref))* (?:record struct|record|class|struct|interface|enum|delegate \w+) (\w+)') | ForEach-Object { $_.Groups[1].Value } | Sort-Object -Unique)
            $declared | Should -Contain $source.Name.Split('.')[0] -Because $source.Path
        }
    }

    # A cancelled job asks for a key within 15 seconds, which no host can do.
    It 'do not write to the console, except in Views' { Find-Code '\bConsole\.(Write|Out|Error|ReadLine|ReadKey)' '^src/PulseRun.Views/|/JobQueue\.cs$' | Should -BeNullOrEmpty }

    # Local time is used only for "today" and "this month" of the user, and for times in the views.
    It 'use no local time, except <_>' -ForEach 'MeasureCostCommand\.cs$|^src/PulseRun\.Views/' { Find-Code '\bDateTime(Offset)?\.(Now|Today)\b|\.ToLocalTime\(\)|\bLocalDateTime\b' $_ | Should -BeNullOrEmpty }

    It 'use no clock, file, network or process in Core' {
        # Formatting computes the uptime at the time of display.
        Find-Code '\bUtcNow\b(?! (=>|\{))|\bStopwatch\b' '/Models/' '^src/PulseRun\.Core/' | Should -BeNullOrEmpty
        Find-Code '\b(File|Directory|HttpClient|Socket|Process|Environment)\.\w|\bnew (Random|HttpClient|Process|FileStream)\b|\bThread\b' '^$' '^src/PulseRun\.Core/' | Should -BeNullOrEmpty
    }

    # A tunnel and the end of a job have threads of their own, and the notes of a list are read beside its request.
    It 'block the pipeline only in Running' { Find-Code 'GetAwaiter\(\)\.GetResult\(\)|\.Wait\(\)|\basync void\b' '/Running/|/(TunnelConnection|JobRunner|FleetNotes)\.cs$' '^src/PulseRun\.PowerShell/' | Should -BeNullOrEmpty }

    It 'name no type of a private library in a cmdlet' { Find-Code '^using (Refit|Polly|Microsoft\.Data|SQLitePCL|Spectre|OxyPlot|(EmulatorLibrary::)?PulseRun\.(Client|Store|Emulator|Views))\b' '/Loading/' '^src/PulseRun\.PowerShell/' | Should -BeNullOrEmpty }

    It 'have two bases of cmdlets, and one for instances' {
        $assembly.GetTypes() | Where-Object { $_.IsAbstract -and $_.IsSubclassOf([System.Management.Automation.Cmdlet]) } | ForEach-Object Name | Sort-Object |
            Should -Be 'ConnectedCmdlet', 'InstanceInput', 'PulseRunCmdlet'
        # Features that some cmdlets share are parts of a cmdlet (composition), not further base classes.
        foreach ($command in $commands) {
            $depth = 0
            for ($type = $command.ImplementingType; $type -ne [System.Management.Automation.PSCmdlet]; $type = $type.BaseType) { $depth++ }
            $depth | Should -BeIn 2, 3, 4 -Because $command.Name
        }
    }

    It 'keep the folder in the namespace: <_>' -ForEach 'Cmdlets', 'Cmdlets/Base', 'Cmdlets/Parameters', 'Running', 'Fleet', 'Session', 'Ssh' {
        $folder = $_
        foreach ($source in $sources | Where-Object { (Split-Path $_.Path).Replace('\', '/') -eq "src/PulseRun.PowerShell/$folder" }) {
            $source.Code | Should -Match "(?m)^namespace PulseRun\.PowerShell\.$([regex]::Escape($folder.Replace('/', '.')));" -Because $source.Path
        }
    }

    It 'have no regions and no open tasks' { Find-Code '#region|\bTODO\b|\bHACK\b|throw new NotImplementedException' | Should -BeNullOrEmpty }

    It 'have the version of each package in one place' {
        Get-ChildItem $Root -Recurse -Depth 3 -Filter *.csproj | Select-String '<PackageReference[^>]* Version=' | ForEach-Object Path | Should -BeNullOrEmpty
    }

    It 'lock the packages of every project, and CI restores in locked mode' {
        # tests/Hosts/Packages.csproj references nothing: it downloads exact versions.
        foreach ($project in Get-ChildItem $Root -Recurse -Depth 3 -Filter *.csproj | Where-Object FullName -NotMatch '[\\/](bin|obj|out)[\\/]|Hosts[\\/]Packages') {
            $lock = Join-Path $project.DirectoryName packages.lock.json
            $lock | Should -Exist
            (Get-Content -Raw $lock | ConvertFrom-Json).dependencies | Should -Not -BeNullOrEmpty
        }
        Get-Content -Raw "$Root/.ci/run" | Should -Match 'RestoreLockedMode=true'
        Get-Content -Raw "$Root/Directory.Build.props" | Should -Match '<NuGetAudit>true</NuGetAudit>'
    }

    It 'contain no version except that of the manifest' {
        Get-ChildItem $Root -Recurse -Depth 3 -Include *.csproj, *.props, *.targets | Select-String '<(Version|VersionPrefix|AssemblyVersion|FileVersion|PackageVersion)>\s*\d' | ForEach-Object Path | Should -BeNullOrEmpty
    }
}

Describe 'The walk of Stop-PRInstance in docs/dev/architecture.md' {
    BeforeAll {
        $stops = @(Select-String -Path "$Root/docs/dev/architecture.md" -Pattern '^\| (?<number>\d*) ?\| (&nbsp;)*`(?<type>\w+)(\.(?<method>\w+))?`' | ForEach-Object { $_.Matches[0] })
    }

    It 'has at most 22 stops, and at most 10 before the client' {
        $numbers = @($stops | ForEach-Object { $_.Groups['number'].Value } | Where-Object { $_ } | ForEach-Object { [int] $_ })
        $numbers | Should -Be (1..$numbers.Count)
        $numbers.Count | Should -BeIn (10..22)
        $client = @($stops | Where-Object { $_.Groups['type'].Value -eq 'PulseRunClient' })[0]
        [int] $client.Groups['number'].Value | Should -BeLessOrEqual 11
    }

    It 'names existing methods' {
        foreach ($stop in $stops | Where-Object { $_.Groups['method'].Success }) {
            $type, $method = $stop.Groups['type'].Value, $stop.Groups['method'].Value
            # A type may have its parts in several files.
            $source = @($sources | Where-Object { $_.Code -cmatch "(?m)^(public|internal) .*\b(class|record|struct|interface) $type\b" })
            $source | Should -Not -BeNullOrEmpty -Because "$type.$method is a stop"
            $source.Code -join "`n" | Should -MatchExactly "\b$method[(<]" -Because "$type.$method is a stop"
        }
    }
}

Describe 'The error ids' {
    It 'are described in the README and in about_PulseRun' {
        # UnexpectedError is for defects of the module itself.
        foreach ($id in [PulseRun.ErrorIds].GetFields().Name | Where-Object { $_ -ne 'UnexpectedError' }) {
            foreach ($page in 'README.md', 'docs/about_PulseRun.md') { Get-Content -Raw "$Root/$page" | Should -MatchExactly "\b$id\b" -Because "$page must say what $id means" }
        }
    }
}
